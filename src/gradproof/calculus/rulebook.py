"""The rule book: every rule that a step may name, its law, and the reason in a sentence.

Laws are texts in the language. Those that move factors across ":" are instances of the one law of
`calculus.moves`; tests derive each of them from it and prove it. Those of single operators are
printed from the rows of `operators.table`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gradproof.operators.row import LETTERS, Operator
from gradproof.operators.table import OPERATORS


class Rule(NamedTuple):
    """A rule.

    name      stable id, as steps give it
    title     the rule in words
    law       "left = right" in the language, or "" where the rule is about writing
    reason    why it holds
    requires  conditions
    """

    name: str
    title: str
    law: str
    reason: str
    requires: tuple[str, ...] = ()


_MOVES = (
    Rule(
        "frob-swap", "the two sides of “:” may be exchanged", "A:B = B:A",
        "both add up the same products of entries",
    ),
    Rule(
        "frob-transpose", "both sides of “:” may be transposed", "A:B = A':B'",
        "the same entries meet, only read by columns instead of rows",
    ),
    Rule(
        "frob-left", "a left factor crosses “:” transposed", "C:(A*B) = (A'*C):B",
        "in Σ C_ij A_ik B_kj the sum over i joins A and C by their first index, so A enters transposed",
    ),
    Rule(
        "frob-right", "a right factor crosses “:” transposed", "C:(A*B) = (C*B'):A",
        "in Σ C_ij A_ik B_kj the sum over j joins C and B by their second index, so B enters transposed",
    ),
    Rule(
        "frob-both", "factors on both sides cross “:” transposed", "C:(A*X*B) = (A'*C*B'):X",
        "a left and a right factor, one after the other",
    ),
    Rule("frob-vector", "a scalar is its own transpose", "x'*v = v'*x", "both are Σ x_i v_i"),
    Rule("frob-trace", "a trace is a Frobenius product", "tr(A'*B) = A:B", "both are Σ A_ij B_ij"),
    Rule(
        "frob-norm", "the squared norm is a Frobenius product", "normF(A)^2 = A:A",
        "both add up the squares of the entries",
    ),
    Rule(
        "frob-hadamard", "an elementwise factor crosses “:” as it is", "A:(B.*C) = (A.*B):C",
        "each product of three entries stays the same",
    ),
    Rule("frob-scale", "a scalar factor may stand anywhere", "A:(c*B) = (c*A):B", "numbers commute"),
    Rule("frob-split", "“:” is linear in each side", "A:(B + C) = A:B + A:C", "a sum of sums"),
    Rule(
        "frob-sum", "a sum of entries is a Frobenius product with ones", "sum(X) = ones(m,n):X",
        "every entry counts once",
    ),
    Rule(
        "frob-rowsum", "row sums cross “:” as ones at the right", "v:rowsum(X) = (v*ones(n)'):X",
        "every entry of a row takes the factor of its row",
    ),
    Rule(
        "frob-colsum", "column sums cross “:” as ones at the left", "u:colsum(X) = (ones(m)*u'):X",
        "every entry of a column takes the factor of its column",
    ),
    Rule(
        "frob-diag", "diag crosses “:” as diag", "S:diag(w) = diag(S):w",
        "only the diagonal meets anything but zeros",
    ),
    Rule(
        "frob-triangle", "a triangle crosses “:” as a triangle", "A:triu(B) = triu(A):B",
        "only the triangle meets anything but zeros",
    ),
    Rule(
        "frob-vec", "stacking columns changes nothing", "vec(A):vec(B) = A:B",
        "the same products of entries in another order",
    ),
    Rule(
        "frob-kron", "a Kronecker product crosses “:” block by block",
        'M:kron(A,D) = einsum("piqj,pq->ij", reshape(M, p, m, q, n), D):A',
        "each block of the Kronecker product is a multiple of D",
    ),
    Rule(
        "frob-einsum", "exchange the argument's letters with the result's",
        'C:einsum("ij,jk->ik", A, B) = einsum("ij,ik->jk", A, C):B',
        "one sum over the same indices; only the outside factor changes its name",
    ),
    Rule(
        "frob-named", "a derivative of a matrix function crosses “:” transposed",
        "C:dexpm(S, A) = dexpm(S, C')':A",
        "dexpm(S, A) adds up products S^i A S^j, each with a weight that i and j may exchange",
    ),
    Rule(
        "frob-adjoint", "any linear operator crosses “:” as its adjoint", "",
        "in the sum of products of entries, the argument's wires and the result's wires are exchanged",
    ),
)  # fmt: skip

_DIFFERENTIALS = (
    Rule("d-sum", "the differential of a sum", "d(A + B) = d(A) + d(B)", "term by term"),
    Rule("d-linear", "linear operators let d through", "d(tr(S)) = tr(d(S))", "the operator adds up entries"),
    Rule("d-transpose", "d and the transpose commute", "d(A') = d(A)'", "entries only change places"),
    Rule("d-product", "product rule", "d(A*B) = d(A)*B + A*d(B)", "each factor varies in turn, order kept"),
    Rule(
        "d-quotient", "quotient rule", "d(A/c) = d(A)/c - A*d(c)/c^2", "product rule with c^-1",
        ("c ≠ 0",),
    ),
    Rule("d-power", "power rule", "d(c^3) = 3*c^2*d(c)", "the slope of x^p is p*x^(p-1)"),
    Rule(
        "d-matrix-power", "product rule for equal factors", "d(S^2) = d(S)*S + S*d(S)",
        "matrices do not commute, so the order is kept",
    ),
    Rule(
        "d-trace-power", "under a trace equal factors are alike", "d(tr(S^3)) = 3*tr(S^2*d(S))",
        "each of the factors can be turned to the end",
    ),
    Rule(
        "d-norm-squared", "differential of a squared norm", "d(normF(A)^2) = 2*A:d(A)",
        "‖A‖² = A:A, and both factors vary alike",
    ),
    Rule(
        "d-norm-power", "differential of a power of a norm", "d(normF(A)^3) = 3*normF(A)*(A:d(A))",
        "‖A‖^p is (A:A)^(p/2)", ("A ≠ 0 where p < 2",),
    ),
    Rule(
        "def-gradient", "definition of the gradient", "",
        "the gradient G of an unknown function L at Y is what makes dL = G:dY",
    ),
    Rule("d-map", "an unknown function entry by entry", "", "d f.(X) = f'.(X) .* dX"),
    Rule(
        "d-slope", "slopes of piecewise linear functions are constant", "",
        "their differential is 0 away from the kinks",
    ),
)  # fmt: skip

_COMPONENTS = (
    Rule(
        "component-chain", "chain rule by entries", "",
        "one term for each entry of the intermediate array",
    ),
    Rule(
        "component-delta", "an entry by an entry is a delta", "",
        "∂W_jk/∂W_pq is 1 where j = p and k = q, else 0",
    ),
    Rule("component-contract", "a delta renames an index", "", "Σ_j δ_jp a_j has only the term j = p"),
    Rule(
        "component-recognise", "indices side by side make products", "",
        "a matrix product sums over neighbouring indices; a factor whose index stands on the wrong side "
        "enters transposed",
    ),
    Rule("definition", "what a name stands for, by entries", "", "from the definitions of the operators"),
)  # fmt: skip

_WRITING = (
    Rule(
        "collect", "like terms together, common factors once", "",
        "addition commutes and multiplication distributes",
    ),
    Rule(
        "free", "a gradient at all points", "",
        "a second derivative by the entries of S needs the gradient where S lacks its structure, too",
    ),
    Rule("insert", "a name written out", "", "a name may be replaced by what it stands for"),
)  # fmt: skip


def _row_law(row: Operator) -> str:
    use = row.signatures[0 if row.adjoint else min(len(row.differential), len(row.signatures)) - 1]
    use = use if row.differential else row.signatures[0]
    count = len(use.split("->")[0].split(","))
    value = f"{row.name}({', '.join(LETTERS[:count])})"
    if row.slope:
        body = f"({row.slope}).*d(X)"
    elif row.differential:
        body = re.sub(r"\bd([XZV])\b", r"d(\1)", row.differential[-1])
    else:
        body = f"d({row.meaning[0]})"
    spelled = {"maximum": "max", "minimum": "min"}.get(row.name, row.name)
    return f"d({value.replace(row.name, spelled, 1)}) = {body}"


def _rows() -> tuple[Rule, ...]:
    """A rule for each row of the operator table that is not linear."""
    return tuple(
        Rule(
            f"d-{row.name}", f"differential of {row.name}", _row_law(row),
            "the slope times the differential" if row.slope else "the operator's row; Y is its value",
            tuple(need.format(X="X", Z="Z", V="V") for need in row.requires),
        )
        for row in OPERATORS.values()
        if not row.linear and (row.slope or row.differential or row.meaning)
    )  # fmt: skip


RULES: tuple[Rule, ...] = (*_MOVES, *_DIFFERENTIALS, *_rows(), *_COMPONENTS, *_WRITING)
