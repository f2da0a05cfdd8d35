"""Text to syntax: precedence, statements, declarations and limits."""

import pytest

from gradproof.errors import GradproofError, LimitError
from gradproof.language.parse import parse
from gradproof.language.syntax.declarations import declarations
from gradproof.language.syntax.tree import Node, postorder


def sketch(node: Node) -> str:
    """A tree as nested prefix text."""
    done: dict[Node, str] = {}
    for part in postorder(node):
        inside = [done[arg] for arg in part.args]
        head = part.text + "'" * part.primes if part.kind in ("call", "slope", "map") else part.kind
        done[part] = f"{head}({' '.join(inside)})" if part.kind not in ("name", "num", "str") else part.text
    return done[node]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a - b*c'", "sub(a mul(b T(c)))"),
        ("B*-inv(C)", "mul(B neg(inv(C)))"),
        ("-a*b", "mul(neg(a) b)"),
        ("-a^2", "neg(pow(a 2))"),
        ("2^-a*b", "mul(pow(2 neg(a)) b)"),
        ("A:B*C + d", "add(frob(A mul(B C)) d)"),
        ("A*B.*C./D", "hdiv(had(mul(A B) C) D)"),
        ("X^-T*y", "mul(T(pow(X neg(1))) y)"),
        ("X^T*y", "mul(T(X) y)"),
        ("X.T*yᵀ", "mul(T(X) T(y))"),
        ("A ⊙ B ⊗ C · D ∘ E", "had(mul(kron(had(A B) C) D) E)"),
        ("relu'(X) + X'.*f''.(X)", "add(relu'(X) had(T(X) f''(X)))"),
        ("‖A*x - b‖^2", "pow(norm2(sub(mul(A x) b)) 2)"),
        ("||A*x - b||^2", "pow(norm2(sub(mul(A x) b)) 2)"),
        ("||x||_1 + ‖X‖_F^2 + ‖y‖₂²", "add(add(norm1(x) pow(normF(X) 2)) pow(norm_2(y) 2))"),
        ('einsum("ij,jk->ik", A, B)', "einsum(ij,jk->ik A B)"),
        ("f(\n a,\n b) # done", "f(a b)"),
        ("1e-5*x", "mul(1e-5 x)"),
    ],
)
def test_precedence(text: str, tree: str) -> None:
    assert sketch(parse(text).statements[-1].node) == tree


def test_statements_and_declarations() -> None:
    script = parse("Y = X*W'\nf = L(Y) where X: m×n")
    assert [s.name for s in script.statements] == ["Y", "f"]
    assert script.source[slice(*script.where)] == " X: m×n"


@pytest.mark.parametrize(
    ("text", "sizes", "words"),
    [
        ("X: m×n", ("m", "n"), ()),
        ("X : m x n", ("m", "n"), ()),
        ("X[m,n]", ("m", "n"), ()),
        ("X: (m, n)", ("m", "n"), ()),
        ("X ∈ R^{m×n}", ("m", "n"), ()),
        ("X in R^(m x n)", ("m", "n"), ()),
        ("X: 3×4", ("3", "4"), ()),
        ("X: m*p × n+1", ("m*p", "n+1"), ()),
        ("w: n", ("n",), ()),
        ("c: scalar", None, ("scalar",)),
        ("c scalar", None, ("scalar",)),
        ("S: n×n symmetric invertible", ("n", "n"), ("symmetric", "invertible")),
    ],
)
def test_declarations(text: str, sizes: tuple[str, ...] | None, words: tuple[str, ...]) -> None:
    (found,) = declarations(text)
    assert (found.sizes, found.words) == (sizes, words)


def test_spans_cover_what_was_typed() -> None:
    text = "tr((A + B)*C')"
    spans = {text[slice(*node.span)] for node in postorder(parse(text).statements[0].node)}
    assert spans == {"tr((A + B)*C')", "(A + B)*C'", "(A + B)", "A", "B", "C'", "C"}


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "x" + ")" * 5000,
        "-" * 5000 + "x",
        "x" + "'" * 5000,
        "x" * 33,
        "x+" * 30_000 + "x",
        "x^65",
        "x^-65",
        "1e99999999999",
        "1" * 200,
        "1000000000001",
    ],
)
def test_limits(text: str) -> None:
    with pytest.raises(LimitError) as caught:
        parse(text)
    assert caught.value.code.startswith("GP7") and "limit" in caught.value.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a^b^c", "GP107"),
        ("X^-1'", "GP108"),
        ("X^T'", "GP107"),
        ("2x", "GP102"),
        ("A B", "GP102"),
        ("a + b\n+ c", "GP105"),
        ("Y = 1; Y = 2; Y", "GP303"),
        ("a,b", "GP104"),
        ("a)", "GP103"),
        ("(a", "GP101"),
        ("", "GP104"),
        ("X?", "GP106"),
        ('"ij"', "GP104"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(GradproofError) as caught:
        parse(text)
    assert caught.value.code == code
