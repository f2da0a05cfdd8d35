"""The normal form at work: differentials, abbreviations, declared structure and equations, limits."""

from __future__ import annotations

from itertools import permutations

from gradproof.expressions.dims import number, symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import (
    T,
    add,
    apply,
    call,
    d,
    einsum,
    frob,
    gradient_of,
    had,
    hpow,
    mul,
    name,
    neg,
    num,
    ones,
    partial,
    reshape,
    zeros,
)
from gradproof.proof.normal_form.judge import Session, gradient_agrees, same, term_bound
from gradproof.proof.normal_form.terms.budget import Budget
from gradproof.proof.semantics.context import Context
from letters import expression


def verdict(left: str, right: str) -> str:
    return same(expression(left), expression(right), Context())


# ---- identities of fixed size, which fail at larger ones


def alternating(factors: list[Expr]) -> Expr:
    """The signed sum of the products in all orders."""
    terms = []
    for order in permutations(range(len(factors))):
        turns = sum(order[i] > order[j] for i in range(len(order)) for j in range(i + 1, len(order)))
        product = mul(*[factors[i] for i in order])
        terms.append(neg(product) if turns % 2 else product)
    return add(*terms)


def test_the_standard_identity_holds_for_small_matrices_only() -> None:
    four = alternating([expression(letter) for letter in "ABCD"])
    assert same(four, zeros(*four.axes), Context()) == "different"


def test_at_a_numeric_size_a_different_normal_form_refutes_nothing() -> None:
    two = number(2)
    four = alternating([name(letter, (two, two)) for letter in "ABCD"])
    assert same(four, zeros(two, two), Context()) == "undecided"  # true at 2 × 2


def test_different_is_said_only_of_free_names() -> None:
    assert verdict("A*B", "B*A") == "different"
    assert verdict("x'*A*x", "x'*B*x") == "different"
    assert verdict("O*A", "A*O") == "undecided"
    assert verdict("inv(A)", "A") == "undecided"
    assert verdict("exp(x)", "x") == "undecided"


# ---- differentials, names that stand for something, declared equations


def test_differential_steps() -> None:
    A, B, x = expression("A"), expression("B"), expression("x")
    moving = Session(Context(frozenset({A, x})))
    inverse = apply("inv", A)
    assert moving.same(d(mul(A, x)), add(mul(d(A), x), mul(A, d(x)))) == "equal"
    assert moving.same(d(inverse), neg(mul(inverse, d(A), inverse))) == "equal"
    assert moving.same(d(frob(A, A)), mul(num(2), frob(A, d(A)))) == "equal"
    assert moving.same(d(B), zeros(*B.axes)) == "equal"
    assert moving.same(d(mul(A, x)), mul(d(A), x)) != "equal"
    assert moving.same(frob(B, mul(A, d(A))), frob(mul(T(A), B), d(A))) == "equal"
    assert moving.same(frob(B, mul(A, d(A))), frob(mul(A, B), d(A))) == "different"
    two = frob(add(inverse, neg(apply("inv", B))), d(A))
    assert moving.same(two, frob(mul(inverse, add(B, neg(A)), apply("inv", B)), d(A))) == "equal"


def test_a_symmetric_variable_is_free_and_its_facts_are_used_afterwards() -> None:
    S, C = expression("S"), expression("A")
    context = Context(frozenset({S}))
    assert same(d(apply("tr", mul(C, S))), frob(T(C), d(S)), context) == "equal"
    assert same(d(apply("tr", mul(C, S))), frob(C, d(S)), context) != "equal"
    inverse = apply("inv", S)
    assert same(d(apply("logdet", S)), frob(inverse, d(S)), context) == "equal"
    assert same(d(apply("logdet", S)), frob(T(inverse), d(S)), context) == "equal"


def test_the_linear_layer_of_an_unknown_loss() -> None:
    X, W = expression("X"), expression("W")
    Y = mul(X, T(W))
    output, G = name("Y0", Y.axes), name("G", Y.axes)
    unfold = {output: Y, G: gradient_of("L", 0, output)}
    context = Context(frozenset({W}), unfold)
    loss = call("L", output)
    assert same(d(loss), frob(G, d(output)), context) == "equal"
    assert same(d(loss), frob(mul(T(G), X), d(W)), context) == "equal"
    assert same(d(loss), frob(mul(num(2), T(G), X), d(W)), context) != "equal"
    assert same(partial(loss, W), mul(T(G), X), context) == "equal"


def test_attention() -> None:
    n, k = symbol("n"), symbol("k")
    Q, H, V = (name(letter, (n, k)) for letter in "QHV")
    scores = mul(Q, T(H))
    P = apply("softmax", scores)
    output = mul(P, V)
    G = gradient_of("L", 0, output)
    back = mul(G, T(V))
    inner = had(P, add(back, neg(mul(apply("rowsum", had(P, back)), T(ones(n))))))
    loss = call("L", output)
    assert gradient_agrees(loss, V, mul(T(P), G), Context()) == "equal"
    assert gradient_agrees(loss, Q, mul(inner, H), Context()) == "equal"
    assert gradient_agrees(loss, H, mul(T(inner), Q), Context()) == "equal"
    assert gradient_agrees(loss, H, mul(inner, Q), Context()) != "equal"


def test_a_declared_equation_is_used() -> None:
    X, Y = expression("X"), expression("Y")
    loss = neg(frob(X, apply("logsoftmax", Y)))
    claim = add(apply("softmax", Y), neg(X))
    law = (apply("rowsum", X), ones(symbol("m")))
    assert gradient_agrees(loss, Y, claim, Context()) != "equal"
    assert gradient_agrees(loss, Y, claim, Context(laws=(law,))) == "equal"


def test_the_second_derivative_of_an_unknown_function_is_symmetric() -> None:
    x, y = expression("x"), expression("y")
    f = call("L", mul(expression("A"), x), y)
    one, other = partial(partial(f, x), y), partial(partial(f, y), x)
    assert same(one, einsum("ij->ji", other), Context()) == "equal"


def test_an_axis_of_a_composite_size_is_read_as_a_pair() -> None:
    m, n = symbol("m"), symbol("n")
    B, z = name("B", (m * n, m * n)), name("z", (m * n,))
    X = name("X", (m, n))
    f = mul(T(z), B, apply("vec", X))
    assert gradient_agrees(f, X, reshape(mul(T(B), z), m, n), Context()) == "equal"


# ---- limits


def test_what_would_grow_too_large_is_refused_before_it_grows() -> None:
    assert term_bound(expression("(A + B)^40")) == 2**40
    assert term_bound(expression("(A + B)*(C + D + P)")) == 6
    assert verdict("(A + B)^40", "(B + A)^40*eye(n)") == "undecided"


def test_a_budget_is_kept() -> None:
    a, b = expression("(A + B)^6"), expression("(A + B)^3*(A + B)^3")
    assert same(a, b, Context()) == "equal"
    assert same(a, b, Context(), Budget(terms=40)) == "undecided"
    assert same(a, b, Context(), Budget(work=50)) == "undecided"


def test_a_network_with_much_symmetry_is_labelled_or_given_up() -> None:
    n = symbol("n")
    S = name("S", (n, n), ["symmetric"])
    pairs = [f"{a}{b}" for i, a in enumerate("abcdefgh") for b in "abcdefgh"[i + 1 :]]
    whole = einsum(",".join(pairs) + "->", *[S] * len(pairs))
    turned = einsum(",".join(reversed(pairs)) + "->", *[S] * len(pairs))
    assert same(whole, turned, Context()) == "equal"
    K = name("K", (n, n), ["antisymmetric"])
    ring = [f"{a}{b}" for a, b in zip("abcdefgh", "bcdefgha", strict=True)]
    assert same(einsum(",".join(ring) + "->", *[K] * 8), apply("tr", mul(*[K] * 8)), Context()) == "equal"


def test_shapes_that_differ_are_not_compared() -> None:
    assert verdict("x", "x'") == "undecided"
    assert verdict("X", "X'") == "undecided"


def test_a_declared_sum_of_a_vector_is_used() -> None:
    x, y = expression("x"), expression("y")
    loss = neg(frob(y, apply("logsoftmax", x)))
    claim = add(apply("softmax", x), neg(y))
    law = (apply("sum", y), num(1))
    assert gradient_agrees(loss, x, claim, Context()) != "equal"
    assert gradient_agrees(loss, x, claim, Context(laws=(law,))) == "equal"


def test_steps_between_abbreviations_are_judged_without_unfolding() -> None:
    """Δ = G ⊙ f'(Z) is taken as a name; unfolded, twelve layers of 1 - tanh² would be 2^12 terms."""
    sizes = [symbol(f"k{i}") for i in range(13)]
    first = layer = name("X0", (symbol("n"), sizes[0]))
    unfold: dict[Expr, Expr] = {}
    weights, sums = [], []
    for i in range(12):
        weights.append(name(f"W{i}", (sizes[i + 1], sizes[i])))
        product = mul(layer, T(weights[i]))
        sums.append(name(f"Z{i}", product.axes))
        unfold[sums[i]] = product
        layer = apply("tanh", sums[i])
    back = name("D12", sums[11].axes)
    unfold[back] = gradient_of("L", 0, sums[11])
    session = Session(Context(frozenset(weights), unfold))
    before = frob(back, mul(d(apply("tanh", sums[10])), T(weights[11])))
    slope = add(num(1), neg(hpow(apply("tanh", sums[10]), num(2))))
    after = frob(had(mul(back, weights[11]), slope), d(sums[10]))
    assert session.same(before, after) == "equal"
    assert session.same(d(sums[0]), mul(first, T(d(weights[0])))) == "equal"
