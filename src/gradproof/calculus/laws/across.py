"""The rules that carry factors across “:”, instances of the one law of `calculus.adjoint`; tests derive
and prove each of them.
"""

from __future__ import annotations

from gradproof.calculus.laws.rule import Rule

ACROSS = (
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
    Rule(
        "frob-vector", "a scalar is its own transpose", "x'*v = v'*x", "both are Σ x_i v_i",
        where="x: m, v: m",
    ),
    Rule("frob-trace", "a trace is a Frobenius product", "tr(A'*B) = A:B", "both are Σ A_ij B_ij"),
    Rule(
        "frob-norm", "the squared norm is a Frobenius product", "normF(A)^2 = A:A",
        "both add up the squares of the entries",
    ),
    Rule(
        "frob-hadamard", "an elementwise factor crosses “:” as it is", "A:(B.*C) = (A.*B):C",
        "each product of three entries stays the same",
    ),
    Rule(
        "frob-scale", "a scalar factor may stand anywhere", "A:(c*B) = (c*A):B", "numbers commute",
        where="c: scalar",
    ),
    Rule("frob-split", "“:” is linear in each side", "A:(B + C) = A:B + A:C", "a sum of sums"),
    Rule(
        "frob-sum", "a sum of entries is a Frobenius product with ones", "sum(X) = ones(m,n):X",
        "every entry counts once", where="X: m×n",
    ),
    Rule(
        "frob-rowsum", "row sums cross “:” as ones at the right", "v:rowsum(X) = (v*ones(n)'):X",
        "every entry of a row takes the factor of its row", where="v: m, X: m×n",
    ),
    Rule(
        "frob-colsum", "column sums cross “:” as ones at the left", "u:colsum(X) = (ones(m)*u'):X",
        "every entry of a column takes the factor of its column", where="u: n, X: m×n",
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
        "frob-reshape", "another order of axes changes nothing", "A:reshape(vec(B), m, n) = vec(A):vec(B)",
        "the same products of entries in another order", where="A: m×n, B: m×n", about="rearrange",
    ),
    Rule(
        "frob-slice", "a part of an array crosses “:” with zeros around it", "c*x[2] = (c*e(2, m)):x",
        "the other entries meet nothing: zeros stand there", where="c: scalar, x: m",
        about="index entry row column block",
    ),
    Rule(
        "frob-stack", "of a stack, each part meets its own part of the other side", "",
        "the products of entries are those of the parts, one after the other",
        about="hcat vcat concatenate block",
    ),
    Rule(
        "frob-cumsum", "sums of what came so far cross “:” from the other end",
        "v:cumsum(w) = (tril(ones(m,m))'*v):w", "an entry is in every sum from its own place on",
        where="v: m, w: m", about="cumulative",
    ),
    Rule(
        "frob-kron", "a Kronecker product crosses “:” block by block",
        'M:kron(A,D) = einsum("piqj,pq->ij", reshape(M, p, m, q, n), D):A',
        "each block of the Kronecker product is a multiple of D", where="A: m×n, D: p×q",
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
