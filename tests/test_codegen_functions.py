"""Generated functions as a caller meets them: results, sizes, names, and the texts of errors."""

from typing import Any

import numpy as np
import pytest

from gradproof.codegen import compile as run
from gradproof.errors import GradproofError, MathError, ShapeError, UnsupportedError
from gradproof.expressions.dims import number
from gradproof.expressions.nodes import Expr, make
from gradproof.operators import build as b
from gradproof.operators.build import T, add, apply, div, had, mul, name, neg, num, power
from test_codegen import ALL, ARRAYS, A, B, C, Q, c, compute, k, m, n, r, two, x, y, z

# ---- the function around the formula

X, W, S = name("X", (n, k)), name("W", (m, k)), name("S", (n, m))
Y, G = name("Y", (n, m)), name("G", (n, m))
LINEAR = dict(X=np.ones((5, 2)), W=np.ones((4, 2)), S=np.ones((5, 4)))


def test_definitions_outputs_and_value() -> None:
    definitions = ((Y, mul(X, T(W))), (G, add(Y, neg(S))))
    outputs = (("W", mul(T(G), X)), ("X", mul(G, W)))
    value = div(power(apply("norm2", G), num(2)), num(2))
    got_value, got = run.compile(definitions, outputs, (X, W, S), value_of=value)(**LINEAR)
    assert got_value == pytest.approx(10)
    assert {key: a.shape for key, a in got.items()} == {"W": (4, 2), "X": (5, 2)}
    assert np.array_equal(got["W"], 5 * np.ones((4, 2)))
    one = run.compile(definitions, outputs[:1], (X, W, S), value_of=value)(**LINEAR)
    assert np.array_equal(one[1], got["W"])


def test_a_name_that_the_caller_passes_is_not_computed() -> None:
    unknown = b.gradient_of("L", 0, mul(X, T(W)))
    f = run.compile(((G, unknown),), (("W", mul(T(G), X)),), (X, W, G))
    assert f(X=LINEAR["X"], W=LINEAR["W"], G=LINEAR["S"]).shape == (4, 2)


def test_source_is_a_module_of_its_own() -> None:
    text = run.source(((Y, mul(X, T(W))),), (("W", mul(T(add(Y, neg(S))), X)),), (X, W, S))
    assert "gradproof" not in text
    space: dict[str, Any] = {}
    exec(compile(text, "generated", "exec"), space)
    assert space["gradient"](**LINEAR).shape == (4, 2)
    with pytest.raises(ValueError, match="S needs 5 rows"):
        space["gradient"](LINEAR["X"], LINEAR["W"], np.ones((6, 4)))
    start = text.index("def gradient")
    assert (
        text[start : text.index("def _fit")].rstrip()
        == '''\
def gradient(X, W, S, *, n=None, k=None, m=None):
    """(Y - S)'*X, which is m×k.

    where Y = X*W'

    Arguments: X n×k, W m×k, S n×m.
    """
    X, W, S = _fit(
        [
            ("X", X, ("n", "k")),
            ("W", W, ("m", "k")),
            ("S", S, ("n", "m")),
        ],
        [],
        {"n": n, "k": k, "m": m},
        (),
    )
    Y = X @ W.T
    return (Y - S).T @ X'''
    )


def body(result: Expr) -> str:
    text = run.source((), (("f", result),), ALL)
    return text[text.index("    )\n") + 6 : text.index("\n\n\ndef _fit")].strip()


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (mul(T(apply("inv", A)), x), "return np.linalg.solve(A.T, x)"),
        (mul(apply("diag", x), C, apply("diag", z)), "return x[:, None]*C*z"),
        (mul(apply("diag", x), apply("diag", y), x), "return x*y*x"),
        (mul(num(2), b.eye(n), C), "return 2*np.eye(n, dtype=dtype) @ C"),
        (mul(b.eye(n), C), "return np.array(C)"),
        (had(apply("exp", x), add(num(1), neg(apply("exp", x)))), "t1 = np.exp(x)\n    return t1*(1 - t1)"),
        (T(mul(T(A), C)), "return np.array((A.T @ C).T)"),
        (neg(mul(A, mul(B, x))), "return -(A @ (B @ x))"),
        (add(x, neg(add(y, x))), "return x - (y + x)"),
    ],
    ids=str,
)
def test_natural_numpy(expression: Expr, text: str) -> None:
    assert body(expression).removeprefix("r = r[0]\n").removeprefix("dtype = C.dtype\n").strip() == text


def test_results_share_no_memory_with_arguments() -> None:
    for result in (
        C,
        T(C),
        b.einsum("ij->ji", C),
        apply("vec", C),
        power(A, num(1)),
        r,
        apply("diagonal", A),
    ):
        out = compute(result)
        assert not any(np.shares_memory(out, a) for a in ARRAYS.values())
        out[...] = 0


def test_common_parts_once() -> None:
    part = apply("exp", mul(A, x))
    text = run.source(((y, part),), (("f", had(part, y)), ("g", part)), (A, x))
    assert text.count("np.exp") == 1


def test_deep_and_shared_expressions() -> None:
    total: Expr = c
    for _ in range(3000):
        total = add(num(1), mul(two(0.5), total))
    doubled: Expr = c
    for _ in range(200):
        doubled = add(doubled, mul(num(1), doubled))
    assert compute(total) == pytest.approx(2)
    assert compute(doubled) == pytest.approx(0.7 * 2**200)


def test_arrays_that_are_not_needed_may_be_left_out() -> None:
    f = run.compile((), (("W", mul(T(S), X)),), (X, W, S))
    assert f(X=LINEAR["X"], S=LINEAR["S"]).shape == (4, 2)
    with pytest.raises(ShapeError, match="W is 1×1, but S, which is 5×4, makes m = 4: W needs 4 rows"):
        f(X=LINEAR["X"], S=LINEAR["S"], W=np.ones((1, 1)))
    constant = run.compile((), (("C", b.zeros(n, m)),), (C, x))
    assert constant(C=np.ones((4, 3), dtype=np.float32)).dtype == np.float32
    with pytest.raises(TypeError, match="C"):
        constant(x=np.ones(4))


# ---- sizes


def test_sizes_that_no_array_fixes() -> None:
    f = run.compile((), (("x", mul(b.ones(k), c)),), (c,))
    with pytest.raises(TypeError, match="missing the size k, which no array fixes: pass it by keyword"):
        f(2.0)
    assert f(2.0, k=3).tolist() == [2, 2, 2]


def test_known_sizes_may_be_said_again() -> None:
    f = run.compile((), (("W", mul(T(S), X)),), (X, W, S))
    assert f(**LINEAR, n=5, k=2, m=4).shape == (4, 2)
    with pytest.raises(ShapeError, match="X is 5×2, but n = 6 was given: X needs 6 rows"):
        f(**LINEAR, n=6)


def test_sizes_inside_other_sizes() -> None:
    u, v = name("u", (k * n,)), name("v", (k,))
    result = mul(b.ones(n), apply("sum", u))
    f = run.compile((), (("f", result),), (u, v))
    assert f(np.ones(6), np.ones(2)).shape == (3,)
    g = run.compile((), (("f", b.ones(n)),), (name("u", (number(2) * n * n + number(-1),)),))
    assert g(np.ones(17)).shape == (3,)


U = name("u", (k * n,))
V = name("v", (k,))
FOUR, THREE = "z is a vector of 4 entries", "x, which is a vector of 3 entries"
FIVE = name("F", (n, number(3)))


@pytest.mark.parametrize(
    ("inputs", "arrays", "message"),
    [
        ((X, W), [(5, 2), (4, 3)], "W is 4×3, but X, which is 5×2, makes k = 2: W needs 2 columns"),
        ((X, S), [(5, 2), (4, 3)], "S is 4×3, but X, which is 5×2, makes n = 5: S needs 5 rows"),
        ((C, z), [(4, 3), (4,)], f"{FOUR}, but C, which is 4×3, makes m = 3: z needs 3 entries"),
        ((x, A), [(3,), (3, 4)], f"A is 3×4, but {THREE}, makes n = 3: A needs 3 columns"),
        ((A, x), [(3, 4), (3,)], "A is 3×4, but it must be square"),
        ((Q,), [(3, 4, 5)], "Q is 3×4×5, but it makes m = 3: Q needs 3 along axis 3"),
        ((FIVE,), [(4, 2)], "F is 4×2, but it needs 3 columns"),
        ((x,), [(4, 1)], "x is 4×1, but it should be a vector of n entries"),
        ((X,), [(4,)], "X is a vector of 4 entries, but it should be n×k"),
        ((c,), [(1,)], "c is a vector of 1 entry, but it should be a number"),
        ((r,), [(4,)], "r is a vector of 4 entries, but it should be 1×n"),
        ((r,), [(2, 4)], "r is 2×4, but it needs 1 row"),
        ((U, V), [(5,), (2,)], "u is a vector of 5 entries, but no n makes k*n = 5"),
        (
            (U, V, x),
            [(5,), (2,), (3,)],
            "u is a vector of 5 entries, but v, which is a vector of 2 entries, makes k = 2 and x, which is"
            " a vector of 3 entries, makes n = 3: u needs k*n = 6 entries",
        ),
    ],
)  # fmt: skip
def test_wrong_shapes_by_name(inputs: tuple[Expr, ...], arrays: list[tuple[int, ...]], message: str) -> None:
    f = run.compile((), (("f", num(1)),), inputs)
    with pytest.raises(ShapeError) as caught:
        f(*map(np.ones, arrays))
    assert str(caught.value) == message
    assert caught.value.code == "GP210"


def test_other_wrong_arguments() -> None:
    f = run.compile((), (("f", apply("sum", x)),), (x,))
    with pytest.raises(TypeError, match="x should hold real numbers, and it holds complex128"):
        f(x=[1j])
    with pytest.raises(TypeError, match="w"):
        f(x=[1.0], w=2)
    with pytest.raises(TypeError, match="x"):
        f()
    assert f(x=[1, 2]) == 3 and f(x=[True]) == 1 and isinstance(f(x=[1]), np.ndarray)


def test_whole_exponents() -> None:
    exponent = name("k", (), ["integer"])
    f = run.compile((), (("f", power(A, add(exponent, neg(num(1))))),), (A, exponent))
    a = ARRAYS["A"]
    for three in (3, 3.0, np.asarray(3), np.float32(3)):
        np.testing.assert_allclose(f(A=a, k=three), a @ a)
    with pytest.raises(MathError) as caught:
        f(A=a, k=2.5)
    assert str(caught.value) == "k - 1 is 1.5, and only whole powers of a matrix are computed"
    with pytest.raises(UnsupportedError, match="only whole powers of a matrix"):
        run.source((), (("f", power(A, two(0.25))),), (A,))


def test_singular_matrix() -> None:
    with pytest.raises(MathError, match="a matrix has no inverse here"):
        compute(apply("inv", A), {"A": np.zeros((2, 2))}, (A,))


# ---- names


CLASHES = (
    "lambda",
    "np",
    "math",
    "dtype",
    "t1",
    "float",
    "operator",
    "_fit",
    "ShapeError",
    "named",
    "ϕ",
    "x²",
    "φ",
)


@pytest.mark.parametrize("text", CLASHES)
def test_any_name_may_be_passed(text: str) -> None:
    total = name("Y")
    odd, plain = name(text, (n,)), name("n")
    result = add(had(apply("exp", odd), apply("exp", odd), b.ones(n)), plain)
    f = run.compile(((total, apply("sum", odd)),), (("f", add(result, total)),), (odd, plain))
    at = np.array([0.1, 0.2])
    np.testing.assert_allclose(f(**{text: at, "n": 1.0}), np.exp(2 * at) + 1 + at.sum())
    np.testing.assert_allclose(f(**{text: at, "n": 1.0}, size_n=2), np.exp(2 * at) + 1 + at.sum())


def test_names_that_meet_inside() -> None:
    parts = [name(text, ()) for text in ("lambda", "lambda_", "λ", "def")]
    f = run.compile((), (("f", add(*(mul(num(10**i), p) for i, p in enumerate(parts)))),), tuple(parts))
    assert f(**{"lambda": 1, "lambda_": 2, "λ": 3, "def": 4}) == 4321
    with pytest.raises(TypeError, match="missing the argument def"):
        f(**{"lambda": 1, "lambda_": 2, "λ": 3})
    with pytest.raises(TypeError, match="unexpected keyword argument 'class'"):
        f(**{"lambda": 1, "lambda_": 2, "λ": 3, "def": 4, "class": 5})


def test_names_are_checked_before_they_reach_the_text() -> None:
    with pytest.raises(GradproofError, match="is not a name"):
        run.source((), (("f", num(1)),), (name("x\nimport os"),))


# ---- what is unknown


def test_unknown_functions() -> None:
    mapped = add(b.fmap("f", x), b.fmap("f", x, 1))
    f = run.compile((), (("x", mapped),), (x,))
    assert f(x=[1.0, 2.0], f=np.square, f_prime=lambda v: 2 * v).tolist() == [3.0, 8.0]
    with pytest.raises(TypeError, match="f_prime"):
        f(x=[1.0], f=np.square)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (mul(A, b.gradient_of("L", 0, x)), "L is an unknown function, so its derivative"),
        (b.d(x), "dx is a symbol, not something that can be computed"),
        (make("eig", (A,), (), (n, n)), "eig has no code yet"),
    ],
)
def test_what_cannot_be_computed(expression: Expr, message: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        run.source((), (("x", expression),), (A, x))
    assert str(caught.value).startswith(message) and caught.value.code == "GP503"
