"""The exact random test: true identities agree, false ones differ, and nothing is refuted by an oracle."""

from itertools import permutations

import pytest

from gradproof.elaboration.read import read
from gradproof.expressions.dims import Dim, number, symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.proof.evaluation.counterexample import smallest
from gradproof.proof.evaluation.fields.floating_point import Reals
from gradproof.proof.evaluation.fields.prime_field import CIRCLE, PLAIN, tower
from gradproof.proof.evaluation.gradients import test_gradient as gradient_outcome
from gradproof.proof.evaluation.judge import Answer, Outcome, Session, sides
from gradproof.proof.evaluation.judge import test as outcome
from gradproof.proof.semantics.context import Context

n = symbol("n")
SHAPES: dict[str, tuple[str, ...]] = {
    **{name: ("n", "n") for name in "ABCKMNOS"}, "D": ("n", "n"), "P": ("n", "m"), "R": ("m", "n"),
    "x": ("n",), "y": ("n",), "c": (), "k": (), "j": (), "t": (),
}  # fmt: skip
ASSUME = {
    "S": ["symmetric"], "K": ["antisymmetric"], "M": ["spd"], "D": ["diagonal"], "O": ["orthogonal"],
    "k": ["integer"], "t": ["positive"],
}  # fmt: skip


def both(left: str, right: str) -> tuple[Expr, Expr]:
    """Two texts, read with the same names."""
    program = read(f"LHS = {left}; RHS = {right}; LHS:RHS", shapes=SHAPES, assume=ASSUME)
    found = {str(name): e for name, e in program.statements}
    return found["LHS"], found["RHS"]


def asked(left: str, right: str) -> Outcome:
    return outcome(*both(left, right), Context())


TRUE = [
    ("norm2(x)^2", "x'*x"),  # an even power of a norm needs no root
    ("tr(P*R)", "tr(R*P)"),
    ("(A*B)'", "B'*A'"),
    ("inv(A*B)", "inv(B)*inv(A)"),
    ("inv(A + x*y')", "inv(A) - inv(A)*x*y'*inv(A)/(1 + y'*inv(A)*x)"),  # Sherman and Morrison
    ("det(eye(n) + x*y')", "1 + y'*x"),
    ("det(A*B)", "det(A)*det(B)"),
    ("A:(B.*C)", "(A.*B):C"),
    ("vec(A*B*C)", "kron(C', A)*vec(B)"),
    ("diag(x)*A", "(x*ones(n)').*A"),
    ("sum(x)/n", "mean(x)"),
    ("tr(K*S)", "0"),
    ("x'*K*x", "0"),
    ("D*A.*eye(n)", "A*D.*eye(n)"),
    ("O'*O", "eye(n)"),
    ("M", "M'"),
    ("A^k*A", "A^(k + 1)"),
    ("c^k/c", "c^(k - 1)"),
    ("x.^j.*x.^2", "x.^(j + 2)"),
    ("reshape(vec(P), n, m)", "P"),
    ("exp(x + y)", "exp(x).*exp(y)"),
    ("tanh(x)", "2*sigmoid(2*x) - 1"),
    ("tanh(2*x)", "2*tanh(x)./(1 + tanh(x).^2)"),
    ("sin(x).^2 + cos(x).^2", "ones(n)"),
    ("sin(x + y)", "sin(x).*cos(y) + cos(x).*sin(y)"),
    ("cosh(x).^2 - sinh(x).^2", "ones(n)"),
    ("exp(exp(exp(x + y)))", "exp(exp(exp(x).*exp(y)))"),
    ("tanh(tanh(tanh(x)))", "-tanh(tanh(tanh(-x)))"),
    ("softmax(x + c)", "softmax(x)"),
    ("log(exp(c))", "c"),
    ("exp(logsoftmax(A))", "softmax(A)"),
    ("f.(x)", "diag(f.(x))*ones(n)"),
    ("L(A*B)", "L(A*inv(inv(B)))"),
]
# Here a function is modelled by an oracle; what holds is still seen to hold.
TRUE_WITH_ORACLES = [
    ("log(x.*y)", "log(x) + log(y)"),
    ("logdet(A*B)", "logdet(A) + logdet(B)"),
    ("logdet(inv(A))", "-logdet(A)"),
    ("softplus(x) - softplus(-x)", "x"),
    ("log(softmax(x))", "x - logsumexp(x)"),
    ("sqrt(t)^3", "t*sqrt(t)"),
    ("t^(1/3)*t^(2/3)", "t"),
    ("abs(c)", "max(c, 0) - min(c, 0)"),
    ("relu(x) - relu(-x)", "x"),
    ("abs(x.*y)", "abs(x).*abs(y)"),
    ("max(A)", "-min(-A')"),
    ("max(x + c)", "max(x) + c"),
    ("erf(-x)", "-erf(x)"),
    ("elu(x)", "relu(x) + exp(min(x, 0)) - 1"),
]
FALSE = [
    ("A*B", "B*A"),
    ("det(-A)", "-det(A)"),  # holds where n is odd
    ("det(O)", "1"),  # holds for rotations
    ("A*A - tr(A)*A + det(A)*eye(n)", "zeros(n, n)"),  # holds at n = 2
    ("tr(K*K)", "0"),
    ("S*B", "B*S"),
    ("inv(A + B)", "inv(A) + inv(B)"),
    ("exp(x.*y)", "exp(x) + exp(y)"),
    ("tanh(x)", "2*sigmoid(x) - 1"),
    ("softmax(A)", "softmax(A')'"),
    ("sin(2*x)", "sin(x).*cos(x)"),
    ("c^k", "c^j"),
    ("x*n", "x*(n + 1)"),
    ("exp(exp(exp(x)))", "exp(exp(exp(x + 1)))"),
    ("f.(x)", "-f.(-x)"),
    ("L(A)", "L(A')"),
    ("L(A)", "2*L(A)"),
]
FALSE_WITH_ORACLES = [
    ("log(x + y)", "log(x) + log(y)"),
    ("relu(x)", "x"),
    ("norm2(x + y)", "norm2(x) + norm2(y)"),
    ("max(x)", "min(x)"),
    ("erf(x)", "erf(2*x)"),
]


@pytest.mark.parametrize(("left", "right"), TRUE)
def test_true(left: str, right: str) -> None:
    found = asked(left, right)
    assert (found.kind, found.exact) == ("agree", True), found
    assert found.points == 3


@pytest.mark.parametrize(("left", "right"), TRUE_WITH_ORACLES)
def test_true_with_oracles(left: str, right: str) -> None:
    found = asked(left, right)
    assert (found.kind, found.exact, found.bound) == ("agree", False, None), found


@pytest.mark.parametrize(("left", "right"), FALSE)
def test_false(left: str, right: str) -> None:
    found = asked(left, right)
    assert (found.kind, found.exact) == ("differ", True), found
    assert found.point is not None and (found.point["sizes"] or found.point["values"])


@pytest.mark.parametrize(("left", "right"), FALSE_WITH_ORACLES)
def test_an_oracle_does_not_refute_and_floating_point_does(left: str, right: str) -> None:
    a, b = both(left, right)
    assert (asked(left, right).kind, asked(left, right).exact) == ("differ", False)
    assert Session(Context()).witness(sides(a, b)).kind == "differ"


@pytest.mark.parametrize(("left", "right"), [*TRUE, *TRUE_WITH_ORACLES])
def test_floating_point_agrees(left: str, right: str) -> None:
    assert Session(Context()).witness(sides(*both(left, right))).kind in ("agree", "undefined")


def standard(count: int, size: Dim) -> Expr:
    """The sum of all products of so many matrices, with the signs of their orders."""
    names = [build.name(f"A{k}", (size, size)) for k in range(count)]
    terms = []
    for order in permutations(range(count)):
        swaps = sum(1 for i in range(count) for j in range(i) if order[j] > order[i])
        product = build.mul(*(names[k] for k in order))
        terms.append(build.neg(product) if swaps % 2 else product)
    return build.add(*terms)


def test_the_standard_identity_needs_size_three() -> None:
    """S4 vanishes for 2×2 matrices (Amitsur and Levitzki), and not for larger ones."""
    assert outcome(standard(4, n), build.zeros(n, n), Context()).kind == "differ"
    two = number(2)
    assert outcome(standard(4, two), build.zeros(two, two), Context()).kind == "agree"


def test_bound() -> None:
    said = asked("inv(A*B)", "inv(B)*inv(A)").bound
    assert said is not None and said.startswith("chance of error < 2^-79")  # each size vector has one point
    assert asked("exp(x + y)", "exp(x).*exp(y)").bound is None


def test_undefined_and_unsupported() -> None:
    a, b = both("inv(x*x' - x*x')", "A")
    assert outcome(a, b, Context()).kind == "undefined"
    big = build.name("X", (number(1000), number(1000)))
    assert outcome(build.T(big), build.neg(big), Context()).kind == "unsupported"


# ---- differentials


DIFFERENTIALS = [
    ("A*B", "d(A)*B + A*d(B)", True),
    ("inv(A)", "-inv(A)*d(A)*inv(A)", True),
    ("det(A)", "det(A)*tr(inv(A)*d(A))", True),
    ("logdet(A)", "tr(inv(A)*d(A))", True),
    ("A^3", "d(A)*A^2 + A*d(A)*A + A^2*d(A)", True),
    ("A^3", "3*A^2*d(A)", False),
    ("tanh(x)", "(1 - tanh(x).^2).*d(x)", True),
    ("tanh(x)", "(1 - tanh(x)).*d(x)", False),
    ("sin(x)", "cos(x).*d(x)", True),
    ("log(x)", "d(x)./x", True),
    ("softmax(x)", "softmax(x).*(d(x) - softmax(x):d(x))", True),
    ("logsumexp(x)", "softmax(x):d(x)", True),
    ("gelu(x)", "((1 + erf(x/sqrt(2)))/2 + x.*exp(-x.^2/2)/sqrt(2*pi)).*d(x)", True),
    ("x.^y", "y.*x.^(y - 1).*d(x) + x.^y.*log(x).*d(y)", True),
    ("norm2(x)", "x:d(x)/norm2(x)", True),
    ("c*x", "c*d(x)", True),
]


@pytest.mark.parametrize(("text", "change", "holds"), DIFFERENTIALS)
def test_differentials(text: str, change: str, holds: bool) -> None:
    for letter in "ABxy":
        change = change.replace(f"d({letter})", f"D{letter}")
    shapes = {**SHAPES, **{f"D{letter}": SHAPES[letter] for letter in "ABxy"}}
    program = read(f"LHS = {text}; RHS = {change}; LHS:RHS", shapes=shapes, assume=ASSUME)
    found = {str(name): e for name, e in program.statements}
    names = {str(name): name for name in program.names.values()}
    varying = frozenset(names[letter] for letter in "ABxy" if letter in names)
    unfold = {names[f"D{x!s}"]: build.d(x) for x in varying if f"D{x}" in names}
    seen = outcome(build.d(found["LHS"]), found["RHS"], Context(varying, unfold))
    assert seen.kind == ("agree" if holds else "differ"), seen


def test_partial_is_every_entry() -> None:
    x, a = build.name("x", (n,)), build.name("A", (n, n))
    entries = build.partial(build.mul(a, x), x)
    assert outcome(entries, a, Context()).kind == "agree"
    assert outcome(entries, build.T(a), Context()).kind == "differ"


# ---- gradients of programs, on dual numbers


GRADIENTS = [
    ("norm2(A*x - y)^2", "x", "2*A'*(A*x - y)"),
    ("tr(A*B)", "A", "B'"),
    ("logdet(A)", "A", "inv(A)'"),
    ("U = A*x; V = tanh(U); sum(V)", "A", "(1 - tanh(A*x).^2)*x'"),
    ("x'*A*x", "x", "(A + A')*x"),
    ("logsumexp(A*x)", "x", "A'*softmax(A*x)"),
    ("sum(relu(A*x))", "A", "relu(sign(A*x))*x'"),
    ("norm2(x)", "x", "x/norm2(x)"),
    ("sum(sin(x).*exp(x))", "x", "(sin(x) + cos(x)).*exp(x)"),
]


@pytest.mark.parametrize(("text", "variable", "answer"), GRADIENTS)
def test_gradients(text: str, variable: str, answer: str) -> None:
    """The right answer agrees; minus, twice and more than it differ."""
    program = read(text, shapes=SHAPES, assume=ASSUME)
    claimed = read(f"RHS = {answer}; RHS:RHS", shapes=SHAPES, assume=ASSUME).statements[0][1]
    ask = (program.statements, program.objective, program.names[variable])
    assert gradient_outcome(*ask, claimed, Context()).kind == "agree"
    for wrong in (build.neg(claimed), build.mul(build.num(2), claimed), build.add(claimed, build.num(1))):
        assert gradient_outcome(*ask, wrong, Context()).kind == "differ"


def test_deep_programs_cost_little_and_names_are_never_written_out() -> None:
    """Doubling at every step: the tree has 2^200 leaves, the program 200 lines."""
    x = build.name("x", (n,))
    statements, last = [], x
    for k in range(200):
        name = build.name(f"h{k}", (n,))
        statements.append((name, build.had(last, build.add(last, last)) if k < 3 else build.add(last, last)))
        last = name
    claim = (tuple(statements), build.apply("sum", last), x)
    found = gradient_outcome(*claim, build.zeros(n), Context())
    assert found.kind == "differ"


def test_even_gradient() -> None:
    """The gradient of an unknown function is not odd, whatever a chosen example may suggest."""
    x = build.name("x", (n,))
    left = build.gradient_of("L", 0, build.neg(x))
    right = build.neg(build.gradient_of("L", 0, x))
    assert outcome(left, right, Context()).kind == "differ"


# ---- towers, counterexamples


@pytest.mark.parametrize("circle", [False, True])
def test_towers(circle: bool) -> None:
    primes = CIRCLE if circle else PLAIN
    step = 8 if circle else 2
    field = tower(circle)
    for prime, below in zip(primes, (*primes[1:], None), strict=True):
        assert all(pow(base, prime - 1, prime) == 1 for base in (2, 3, 5, 7, 11, 13, 17))
        assert (prime - 1) // step % 2 == 1 and pow(2, (prime - 1) // step, prime) == 1
        if below is not None:
            assert (prime - 1) % below == 0
            assert all(base != 1 and pow(base, below, prime) == 1 for base in field.bases)
            assert field.exp(5) == pow(field.bases[0], 5, prime)
            assert field.below is not None
            field = field.below
    assert field.below is None


@pytest.mark.parametrize(
    ("left", "right"), [("A*B", "B*A"), ("det(-A)", "-det(A)"), ("exp(c)", "1 + c"), ("relu(x)", "x")]
)
def test_counterexamples_are_small(left: str, right: str) -> None:
    found = smallest(*both(left, right), Context())
    assert found is not None
    entries = str(found).replace("[", "").replace("]", "").replace("}", "")
    assert set(entries.split(": ")[1].split(",")[0].split()) <= {"0", "1", "-1", "2"}
    assert smallest(*both(left, left), Context()) is None


def test_no_counterexample_where_a_function_is_unknown() -> None:
    assert smallest(*both("L(A)", "2*L(A)"), Context()) is None


def test_sizes_without_an_admissible_point_hide_nothing() -> None:
    """X'*X is singular where X is wide; of the tall ones both parities of k have to be tried."""
    x = build.name("X", (symbol("m"), symbol("k")))
    gram = build.mul(build.T(x), x)
    left = build.apply("inv", gram)
    sign = build.mul(build.apply("det", build.neg(gram)), left)
    assert outcome(build.mul(build.apply("det", gram), left), sign, Context()).kind == "differ"


def test_rounding_is_no_difference() -> None:
    a, b = both("cosh(30*x).^2 - sinh(30*x).^2", "ones(n)")
    assert Session(Context()).witness(sides(a, b)).kind != "differ"


@pytest.mark.parametrize(("noisy", "sure"), [
    ([680.0, 680.0, 680.0, 680.0], True),  # noise changes nothing: the sides differ
    ([-1136.0, 680.0, 680.0, 680.0], False),
    ([672.0, 690.0, -4856.0, 23.0], False),  # near by chance, at first
])  # fmt: skip
def test_a_difference_stands_out_from_noise_each_time(noisy: list[float], sure: bool) -> None:
    """What rounding has spoiled, such as inv(expm(X)) of a large X, may be near to what noise makes of it."""
    session, field, drawn = Session(Context(frozenset(), {})), Reals(), iter(noisy)
    session.require((build.num(1),))
    point = session._evaluator(field, 0, 0).point
    seen = Answer([680.0], [-20.0], False)
    assert session._sure(lambda ev, where: Answer([next(drawn)], [-20.0], False), seen, field, point) is sure
