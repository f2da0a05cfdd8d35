"""Claims of one shape are judged once: what makes two claims one, and what must keep them apart.

A shape forgets names. Each row of the second table is a true claim and a false one that differ in a single
thing that a careless shape would forget, too: whoever has just heard that the true one is proved must not
hear it of the false one.
"""

from __future__ import annotations

import pytest

import gradproof.session.judge as judging
from gradproof.derivation.story.claims import Claim
from gradproof.elaboration.read import read
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct, d, name
from gradproof.proof.claim_shape import shape
from gradproof.session.judge import Judge
from gradproof.verdicts import Verdict


def claim(text: str) -> Claim:
    """`left = right where …`; `D(X)` is the differential, and names that begin with V vary; statements
    before the claim say what names stand for."""
    whole, _, where = text.partition(" where ")
    *before, last = whole.split("; ")
    left, right = last.split(" == ")
    said = "; ".join([*before, f"LHS = {left}", f"RHS = {right}", "L(LHS, RHS)"])
    program = read(said, where=where or None)
    known = dict(program.statements)
    sides = {str(named): body for named, body in known.items()}
    roots = [sides[side] for side in ("LHS", "RHS")]
    varying = frozenset(e for e in postorder(roots, unfold=known) if e.op == "name" and str(e)[0] == "V")
    opened = {e: d(e.args[0]) for e in postorder(roots) if e.op == "call" and e.data[0] == "D"}
    before_, after = (rebuild(root, opened, construct) for root in roots)
    return Claim(before_, after, "rule", "why", varying, known)


def form(text: str) -> object:
    one = claim(text)
    return shape((one.before, one.after), one.varying, one.unfold)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("tr(A*B) == tr(B*A) where A: n×m, B: m×n", "tr(P*Q) == tr(Q*P) where P: k×p, Q: p×k"),
        ("S*x == S'*x where S: n×n symmetric", "T*y == T'*y where T: m×m symmetric"),
        ("sum(x) == ones(n)'*x where x: n", "sum(y) == ones(k)'*y where y: k"),
        ("f(x) + f(x) == 2*f(x) where x: n", "g(y) + g(y) == 2*g(y) where y: m"),
        ("H = A*x; H + H == 2*H where A: n×n, x: n", "K = B*y; K + K == 2*K where B: m×m, y: m"),
    ],
)
def test_renamed_claims_have_one_shape(first: str, second: str) -> None:
    assert form(first) == form(second)
    judge = Judge()
    assert judge(claim(first)) is judge(claim(second))


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("S == S' where S: n×n symmetric", "T == T' where T: n×n"),  # a declared property
        ("abs(x) == x where x: scalar positive", "abs(y) == y where y: scalar"),
        ("sum(ones(n)) == n where x: n", "sum(ones(n)) == m where x: n, y: m"),  # which sizes are one
        ("sum(x*ones(n)') == n*sum(x) where x: n", "sum(x*ones(m)') == n*sum(x) where x: n"),
        ("tr(eye(3)) == 3", "tr(eye(4)) == 3"),  # sizes that are numbers
        ("x + y == y + x where x: n, y: n", "x + y == y + z where x: n, y: n, z: n"),  # which arrays are one
        ("f(x) + f(x) == 2*f(x) where x: n", "f(x) + g(x) == 2*f(x) where x: n"),  # which functions are one
        ("D(a*V) == a*D(V) where a: n×n, V: n×n", "D(Va*V) == Va*D(V) where Va: n×n, V: n×n"),  # what varies
        ("y = 2*x; y == x + x where x: n", "y = 3*x; y == x + x where x: n"),  # what a name stands for
        ("y = 2*x; y == x + x where x: n", "y == x + x where x: n, y: n"),
        ("y = 2*x; 2*x + y == 4*x where x: n", "2*x + y == 4*x where x: n, y: n"),
        ("x[1] + x[2] == x[2] + x[1] where x: n", "x[1] + x[2] == x[2] + x[3] where x: n"),
        ("x[1:k] == x[1:k] + 0*x[1:k] where x: n", "x[1:k] == x[2:k+1] + 0*x[1:k] where x: n"),
        ('einsum("ij->i", A) == rowsum(A) where A: n×n', 'einsum("ij->j", A) == rowsum(A) where A: n×n'),
    ],
)  # fmt: skip
def test_a_false_claim_does_not_pass_for_a_true_one(true: str, false: str) -> None:
    assert form(true) != form(false)
    judge = Judge()
    assert judge(claim(true)).grade == "proved"
    assert judge(claim(false)).grade != "proved"


def test_a_name_that_is_also_a_word_of_the_claim_is_judged_by_itself() -> None:
    one = name("symmetric", (), ())
    other = name("S", (), ("symmetric",))
    assert shape((one, one), frozenset(), {}) is not None
    assert shape((one, other), frozenset(), {}) is None


def test_a_verdict_that_names_something_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Referee(judging.Referee):
        def judge(self, before: Expr, after: Expr) -> Verdict:
            asked.append(before)
            return Verdict("unknown", f"not decided: {before} is hard")

    monkeypatch.setattr(judging, "Referee", Referee)
    judge = Judge()
    reasons = [judge(claim(f"{x} + {x} == 2*{x} where {x}: n")).reason for x in "xyx"]
    assert [reason[13:14] for reason in reasons] == ["x", "y", "x"]
    assert len(asked) == 2
