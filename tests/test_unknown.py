"""Unknown functions in every place: vectors, matrices, numbers, of several arguments, inside each other.

Every entry is derived twice, proved for all sizes, and run on numbers: concrete functions stand for the
unknown ones, and their derivatives are differences.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pytest

import gradproof as gp
from gradproof import GradproofError
from gradproof.codegen.compile import compile as compiled
from gradproof.derivation.exchange.json import dump_story, load_story
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import positions

# expression | variable | answer | declarations
BOOK = """
norm2(g(x) - y)^2                   | x | 2*J_g'*(g(x) - y)                  |
norm2(g(x) - y)^2                   | y | 2*(y - g(x))                       |
norm2(g(A*x) - b)^2                 | x | 2*A'*J_g'*(g(A*x) - b)             |
norm2(g(A*x) - b)^2                 | A | 2*J_g'*(g(A*x) - b)*x'             |
norm2(g(x))^2                       | x | 2*J_g'*g(x)                        |
norm2(g(x))                         | x | J_g'*g(x)/norm2(g(x))              |
L(g(x))                             | x | J_g'*G                             |
L(g(h(x)))                          | x | J_h'*J_g'*G                        |
L(g(g(x)))                          | x | J_g_x'*J_g_y'*G                    |
g(x)'*g(x)                          | x | 2*J_g'*g(x)                        |
g(x)'*A*g(x)                        | x | J_g'*(A + A')*g(x)                 |
g(x)'*h(x)                          | x | J_g'*h(x) + J_h'*g(x)              |
y'*g(x)                             | x | J_g'*y                             | g: n -> m
sum(g(x))                           | x | colsum(J_g)                        |
sum(tanh(g(x)))                     | x | J_g'*(1 - tanh(g(x)).^2)           |
logsumexp(g(x))                     | x | J_g'*softmax(g(x))                 |
y'*log(softmax(g(x)))               | x | J_g'*(y - sum(y)*softmax(g(x)))    |
L(A*g(x) + b)                       | x | J_g'*A'*G                          | g: k -> m
L(A*g(x) + b)                       | A | G*g(x)'                            | g: k -> m
f(x) + c*norm2(x)^2                 | x | G + 2*c*x                          |
f(x)^2                              | x | 2*f(x)*G                           |
exp(f(x))/h(x)                      | x | exp(f(x))*(G_f - G/h(x))/h(x)      |
f(x)*g(x)                           | x | g(x)*G + f(x)*G_g                  |
norm2(F(X) - Y)^2                   | X | 2*einsum("klij,kl->ij", J_F, F(X) - Y) |
L(F(X))                             | X | einsum("kij,k->ij", J_F, G)        | F: n×m -> k
L(F(X))                             | X | einsum("klij,kl->ij", J_F, G)      | F: n×m -> k×p
tr(A*F(x))                          | x | einsum("jki,kj->i", J_F, A)        | F: n -> m×m
y'*F(x, u)                          | u | F_u'*y                             | F: (n, k) -> m
y'*F(x, u)                          | x | F_x'*y                             | F: (n, k) -> m
L(F(x, W))                          | W | einsum("kij,k->ij", F_W, G)        | F: (n, m×n) -> m
logdet(K(t)) + y'*inv(K(t))*y       | t | tr(inv(K(t))*K_t) - y'*inv(K(t))*K_t*inv(K(t))*y |
logdet(K(theta))                    | theta | tr(inv(K(theta))*K_theta)          |
L(K(theta))                         | theta | G:K_theta                          | K: scalar -> n×n
y'*inv(K(s, t))*y                   | s | -y'*inv(K(s, t))*K_s*inv(K(s, t))*y              |
norm2(g(t) - y)^2                   | t | 2*(g(t) - y)'*g_t                  | g: scalar -> n
L(t*g(t))                           | t | G'*g(t) + t*G'*g_t                 | g: scalar -> n
L(g(t))                             | t | G'*g_t                             | g: R -> R^n
y = g(x); L(x, y)                   | x | G_x + J_g'*G_y                     |
y = g(x); z = h(y); L(x, y, z)      | x | G_x + J_g'*(G_y + J_h'*G_z)        |
h1 = f.(W*x); L(g(h1), x)           | x | G_x + W'*(f'.(W*x).*(J_g'*G_y))    | g: m -> k
z = g(x, u); L(z) + norm2(u)^2      | u | 2*u + g_u'*G                       | g: (n, k) -> m
L(f.(g(x)))                         | x | J_g'*(G.*f'.(g(x)))                |
L(x + g(x))                         | x | G + J_g'*G                         |
L(X*g(w))                           | w | J_g'*X'*G                          | g: m -> k
L(X*g(w))                           | X | G*g(w)'                            | g: m -> k
norm2(g(X*w) - y)^2                 | w | 2*X'*J_g'*(g(X*w) - y)             |
norm2(P*g(x))^2                     | P | 2*P*g(x)*g(x)'                     | g: n -> m
f(x'*x)                             | x | 2*G_y*x                            |
f(norm2(x)^2)*x'*A*x                | x | 2*G_y*(x'*A*x)*x + f(norm2(x)^2)*(A + A')*x |
L(diag(g(x))*B)                     | x | J_g'*rowsum(G.*B)                  | g: n -> m
"""

CASES = [[part.strip() for part in line.split("|")] for line in BOOK.strip().splitlines()]
CASES = [(*case, *[""] * (4 - len(case))) for case in CASES]
Arrays = dict[str, np.ndarray]


@pytest.mark.parametrize(("text", "variable", "answer", "where"), CASES)
def test_gradient(text: str, variable: str, answer: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None)
    assert str(d.result.expr) == answer
    assert d.verdict.grade == "proved", d.verdict


@pytest.mark.parametrize(("text", "variable", "answer", "where"), CASES)
def test_both_strategies_arrive_at_the_same_result(text: str, variable: str, answer: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None)
    assert d.story("index").answers[0][1] is d.result.expr


@pytest.mark.parametrize(("text", "variable", "answer", "where"), CASES)
def test_numbers_agree_with_central_differences(text: str, variable: str, answer: str, where: str) -> None:
    d = gp.derive(text, variable, where=where or None, prove=False)
    arrays, functions = _point(d)
    everything = {**arrays, **functions, **_slopes(d, arrays, functions)}
    found = d.compile("numpy", value=True)(**_taken(d.compile("numpy", value=True), everything))[1]
    objective = compiled(
        d.derived.statements, (("value", d.derived.objective),), tuple(d.program.names.values())
    )
    wanted = _differences(lambda x: _call(objective, {**everything, variable: x}), arrays[variable])
    np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=1e-5)


# expression | Hessian by x | declarations
SECOND = """
L(A*x)                | A'*H*A                                                        |
f(x) + x'*A*x         | H + A + A'                                                    |
L(x)                  | H                                                             |
f(x'*x)               | 4*f_yy*x*x' + 2*G_y*eye(n)                                    |
norm2(g(x) - y)^2     | 2*(einsum("kij,k->ij", g_xx, g(x) - y) + J_g'*J_g)            |
L(g(x))               | einsum("kij,k->ij", g_xx, G) + J_g'*H*J_g                     |
sum(f.(A*x))          | A'*diag(f''.(A*x))*A                                          |
x'*A*x + y'*g(x)      | A + A' + einsum("kij,k->ij", g_xx, y)                         |
"""


@pytest.mark.parametrize("line", SECOND.strip().splitlines())
def test_hessian(line: str) -> None:
    text, answer, _ = (part.strip() for part in line.split("|"))
    d = gp.derive(text, "x", kind="hessian")
    assert str(d.result.expr) == answer
    assert d.verdict.grade == "proved", d.verdict


@pytest.mark.parametrize(
    ("text", "variable", "where", "answer"),
    [
        ("A*g(x)", "x", "", "A*J_g"),
        ("g(x).*h(x)", "x", "g: n -> m, h: n -> m", "diag(h(x))*J_g + diag(g(x))*J_h"),
        ("g(h(x))", "x", "g: k -> m, h: n -> k", "J_g*J_h"),
        ("F(x, u)", "u", "F: (n, k) -> m", "F_u"),
        ("K(t)*x", "t", "K: scalar -> m×n", "K_t*x"),
    ],
)
def test_jacobian(text: str, variable: str, where: str, answer: str) -> None:
    d = gp.derive(text, variable, where=where or None, kind="jacobian")
    assert str(d.result.expr) == answer
    assert d.verdict.grade == "proved", d.verdict


@pytest.mark.parametrize(
    ("text", "where", "shape"),
    [
        ("norm2(g(x) - y)^2", "", "g: n -> k"),  # a norm takes vectors
        ("L(g(x))", "", "g: n -> k"),  # so does an unknown loss
        ("f(x) + x'*x", "", "f"),  # else a number
        ("logdet(K(t))", "", "K: scalar -> n×n"),  # of a number, unless said otherwise
        ("norm2(F(X) - Y)^2", "", "F: n×k -> m×p"),
        ("g(x)'*y", "g: R^n -> R^m", "g: n -> m"),
        ("F(x, W)'*y", "F: (n, k×p) → m", "F: (n, k×p) -> m"),
    ],
)
def test_what_is_understood(text: str, where: str, shape: str) -> None:
    d = gp.derive(text, [next(n for n in ("x", "t", "X") if n in text)], where=where or None)
    assert shape in d.story("frobenius").functions


def test_the_heading_says_what_the_names_mean() -> None:
    shown = gp.derive("y = g(x); L(x, y)", "x").show()
    assert "g : unknown function, n → k" in shown
    assert "J_g = ∂g/∂x : k×n" in shown
    assert "G_x = ∂L/∂x : n-vector" in shown
    assert "∂f/∂x         = G_x + J_gᵀ G_y" in shown  # f, for ∂L/∂x is only a part of it


def test_functions_of_one_text_have_names_that_differ() -> None:
    assert str(gp.derive("L(g(g(x)))", "x").result.expr) == "J_g_x'*J_g_y'*G"
    assert str(gp.derive("f(x)*g(x)", "x").result.expr) == "g(x)*G + f(x)*G_g"
    assert "∂F/∂x = G + " in gp.derive("f(x) + x'*A*x", "x").show()  # the sum is no f


@pytest.mark.parametrize(
    ("text", "where", "code", "message"),
    [
        ("sum(sigmod(x))", "", "GP302", 'unknown function "sigmod"'),
        ("a*q(x)", "", "GP302", 'unknown function "q"'),
        ("y'*g(x)", "g: n -> m, x: k", "GP208", "g takes an n-vector, and this is a k-vector"),
        ("y'*g(x, x)", "g: n -> m", "GP208", "g takes 1 argument, not 2"),
        ("y'*g(x)", "g: n -> m, g: m -> n", "GP304", '"g" is declared twice, with different shapes'),
        ("y'*g(x)", "g: n -> ?", "GP110", '"?" is not the shape of an argument or a value'),
    ],
)
def test_errors(text: str, where: str, code: str, message: str) -> None:
    with pytest.raises(GradproofError) as caught:
        gp.derive(text, "x", where=where or None)
    assert caught.value.code == code
    assert caught.value.message.startswith(message)


def test_code_takes_the_function_and_its_jacobian() -> None:
    gradient = gp.derive("norm2(g(x) - y)^2", "x").compile("numpy")
    J, x, y = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]]), np.ones(2), np.zeros(3)
    np.testing.assert_allclose(gradient(x=x, y=y, J_g=J, g=lambda x: J @ x), 2 * J.T @ J @ x)


def test_json_brings_everything_back() -> None:
    story = gp.derive("L(g(x)) + logdet(K(t))", "x", kind="hessian").story("frobenius")
    assert load_story(dump_story(story)) == story


def _call(function: Callable[..., object], everything: dict[str, object]) -> np.ndarray:
    return np.asarray(function(**_taken(function, everything)))


def _taken(function: Callable[..., object], everything: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in everything.items() if k in inspect.signature(function).parameters}


def _point(d: gp.Derivation) -> tuple[Arrays, dict[str, Callable[..., np.ndarray]]]:
    """Random arrays of fitting shapes, sizes all different, and a function for each unknown one."""
    rng = np.random.default_rng(7)
    roots = [d.program.objective, *(body for _, body in d.program.statements)]
    nodes = postorder(roots)
    shapes = [*nodes, *d.program.names.values()]
    symbols = sorted({s for e in shapes for axis in e.axes for s in axis.symbols})
    sizes = {symbol: 2 + place for place, symbol in enumerate(symbols)}

    def shape(e: Expr) -> tuple[int, ...]:
        return tuple(axis.value(sizes) for axis in e.axes)

    arrays = {name: rng.uniform(0.5, 1.5, size=shape(e)) for name, e in d.program.names.items()}
    functions: dict[str, Callable[..., np.ndarray]] = {}
    for node in nodes:
        if node.op == "call" and str(node.data[0]) not in functions:
            functions[str(node.data[0])] = _function(rng, shape(node))
        if node.op == "map":
            functions |= {str(node.data[0]): np.sin, f"{node.data[0]}_prime": np.cos}
    return arrays, functions


def _function(rng: np.random.Generator, value: tuple[int, ...]) -> Callable[..., np.ndarray]:
    """A smooth function of arrays without a symmetry; its square matrices are invertible."""
    weights = rng.uniform(0.2, 0.6, size=400)
    start = 3 * np.eye(*value) if len(value) == 2 else np.full(value, 2.0)

    def function(*args: np.ndarray) -> np.ndarray:
        out = np.array(start)
        for index in np.ndindex(*value):
            inner = 0.1 * sum(3**k * i for k, i in enumerate(index))
            for k, arg in enumerate(args):
                flat = np.ravel(arg)
                inner += np.sum(weights[k : k + flat.size] * flat + 0.1 * (k + 1) * flat**2)
            out[index] += np.sin(inner * (1 + 0.3 * sum((k + 1) * i for k, i in enumerate(index))))
        return out

    return function


def _slopes(d: gp.Derivation, arrays: Arrays, functions: dict[str, Callable[..., np.ndarray]]) -> Arrays:
    """The derivatives of the unknown functions that the answer names, by differences."""
    found: Arrays = {}
    definitions = (*d.derived.statements, *d.derived.lets.items())
    for name, meaning in d.derived.unknown.items():
        args = []
        for arg in meaning.args:
            value = compiled(_sorted(definitions), (("value", arg),), tuple(d.program.names.values()))
            args.append(_call(value, {**arrays, **functions}))
        (p,) = positions(meaning)
        of = functions[str(meaning.data[0])]
        rows = _differences(lambda x, p=p, of=of, args=args: of(*args[:p], x, *args[p + 1 :]), args[p])
        found[str(name)] = np.moveaxis(rows, range(args[p].ndim), range(-args[p].ndim, 0))
    return found


def _sorted(definitions: tuple) -> tuple:
    """Each name after those that it uses."""
    known, done = dict(definitions), {}
    while len(done) < len(known):
        for name, body in known.items():
            if all(node in done or node not in known for node in postorder([body])):
                done[name] = body
    return tuple(done.items())


def _differences(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """All derivatives: axes of the argument, then of the value."""
    step, out = 1e-5, []
    for index in np.ndindex(*at.shape):
        move = np.zeros(at.shape)
        move[index] = step
        out.append((np.asarray(function(at + move)) - np.asarray(function(at - move))) / (2 * step))
    return np.reshape(out, (*at.shape, *np.shape(out[0])))
