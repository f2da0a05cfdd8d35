"""What is said about texts that are wrong: the code, the words, the place, and fixes that read."""

import random

import pytest

from gradproof.elaboration.read import read
from gradproof.errors import GradproofError
from gradproof.language.syntax.tokens import tokenize
from gradproof.operators.aliases import ELSEWISE


def fault(text: str, **declared: object) -> GradproofError:
    with pytest.raises(GradproofError) as caught:
        read(text, **declared)
    return caught.value


def places(error: GradproofError) -> list[tuple[str, str]]:
    """Each fact with the piece of the text that it is about."""
    assert error.source is not None
    return [(error.source[slice(*span)] if span else "", said) for span, said in error.facts]


GALLERY = [
    # text, where, code, message, piece under the caret, fixes
    ("L(X*W)", "X: m×n, W: k×n", "GP201", "these two factors cannot be multiplied", "*", "L(X*W')"),
    ("2*M + m'*z", "M: p×q, m: p, z: q", "GP203", "a scalar is added to a p×q matrix", "m'*z", "2*M + m*z'"),
    (
        "2*M + m'*z", "M: p×p, m: p, z: p", "GP203", "a scalar is added to a p×p matrix", "m'*z",
        "2*M + m*z' | 2*M + (m'*z)*ones(p, p)",
    ),
    ("tr(A*(X+B)", "", "GP101", '"(" is never closed', "(", "tr(A*(X+B))"),
    ("norm2(Ax-b)^2", "A: m×n, x: n, b: m", "GP301", 'unknown name "Ax"', "Ax", "norm2(A*x-b)^2"),
    ("sum(sigmod(X*w))", "", "GP302", 'unknown function "sigmod"', "sigmod", "sum(sigmoid(X*w))"),
    (
        "tr(X^2)", "X: m×n", "GP204", "only a square matrix has a power; X is m×n", "X^2",
        "tr(X'*X) | tr(X*X')",
    ),
    ("x*x", "x: n", "GP205", "product of two column vectors", "*", "x'*x | x*x' | x.*x"),
    ("x*x", "", "GP205", "product of two column vectors", "*", "x'*x | x*x' | x.*x"),
    ("logdet(X)", "X: m×n", "GP402", "det needs a square matrix; X is m×n", "X",
     "logdet(X'*X) | logdet(X*X')"),
    (
        'einsum("bhqd,bhkd->bhqk", Q, K)', "Q: b×h×q×64, K: b×h×k×32", "GP206",
        "einsum sizes disagree: d is 64 in Q and 32 in K", '"bhqd,bhkd->bhqk"', "",
    ),
    ("A + B", "A: m×n, B: n×m", "GP202", "these terms cannot be added: m×n and n×m", "+",
     "A + B' | A' + B"),
    ("A/B", "A: n×n, B: n×n", "GP207", "/ divides by a scalar, and B is n×n", "/", "A./B | A*inv(B)"),
    ("A(X + B)", "A: n×n, X: n×n", "GP307",
     '"A" is n×n, not a function: write * between the factors', "A", "A*(X + B)"),
    ("loss2(A*x)", "", "GP302", 'unknown function "loss2"', "loss2", ""),
    ("X^T", "X: n×n, T scalar", "GP107", "T is a number here, so ^T can be read in two ways", "^T",
     "X' | X^(T)"),
    ("phi(x)", "", "GP302", 'unknown function "phi"', "phi", ""),
    ("sum(eig(A))", "", "GP501", "eig is not supported yet", "eig", ""),
    *(
        (f"sum({word}(A))", "", "GP501", f"{word} is not supported yet", word, "")
        for word in sorted(ELSEWISE)
    ),
    ("a^b^c", "", "GP107", "a^b^c can be read in two ways: write parentheses", "^", "(a^b)^c"),
    ("x**2", "", "GP104", '"*" cannot follow "*"', "*", "x^2"),
    ("2x", "", "GP102", "two factors stand side by side: write * between them", "2x", "2*x"),
    ("x'A x + b'x", "", "GP102", "two factors stand side by side: write * between them", "'A",
     "x'*A*x + b'*x"),
    ("y/p - (1-y)/(1-p)", "y: n, p: n", "GP207", "/ divides by a scalar, and p is an n-vector", "/",
     "y./p - (1-y)./(1-p)"),
    ("||x", "", "GP101", '"||" is never closed', "||", "||x||"),
    ("sum log(1 + x)", "", "GP102", "two factors stand side by side: write * between them", "sum log",
     "sum(log(1 + x))"),
    ("tr X'X", "", "GP102", "two factors stand side by side: write * between them", "tr X", "tr(X'*X)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "code", "message", "caret", "fixes"), GALLERY)
def test_gallery(text: str, where: str, code: str, message: str, caret: str, fixes: str) -> None:
    error = fault(text, where=where)
    assert (error.code, error.message) == (code, message)
    assert error.span is not None and text[slice(*error.span)] == caret
    wanted = fixes.split(" | ") if fixes else []
    assert list(error.fixes)[: len(wanted)] == wanted
    for fix in error.fixes:
        read(fix, where=where)


def test_facts_stand_at_their_place() -> None:
    assert places(fault("L(X*W) where X: m×n, W: k×n")) == [
        ("W", "W is k×n"),
        ("X", "X is m×n, so the next factor needs n rows"),
    ]
    assert places(fault("x*x")) == [("*", "x is an n-vector")]


def test_warning_for_exp_of_a_matrix() -> None:
    (warning,) = read("tr(exp(A))").warnings
    assert (warning.code, warning.message) == ("GP403", "exp works entry by entry")
    assert not read("sum(exp(A))").warnings


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ({"where": "x: n, n scalar"}, "GP314"),
        ({"where": "x: n pretty"}, "GP304"),
        ({"where": "S: m×n symmetric"}, "GP211"),
        ({"where": "x: n, x: m"}, "GP304"),
        ({"where": "x: mxn"}, "GP110"),
        ({"shapes": {"x": ("n*",)}}, "GP104"),
        ({"assume": {"Q": ["symmetric"]}}, "GP304"),
    ],
)
def test_declarations_that_contradict(declared: dict[str, object], code: str) -> None:
    assert fault("sum(x)", **declared).code == code


@pytest.mark.parametrize("name", ["eig", "eigh", "svd"])
def test_words_of_later_versions_are_known_by_name(name: str) -> None:
    error = fault(f"sum({name}(X))")
    assert error.code == "GP501" and name in error.message


ORIGINALS = [
    "L(X*W')",
    "0.5*norm2(X*W' - T)^2",
    "tr(inv(A + X'*C*X)*(X'*B*X))",
    "Z = X*W1' + ones(n)*b1'; H = relu(Z); L(H*V)",
    'sum(einsum("ij,jk->ik", A, B)./3)',
    "f'.(x)'*y - max(x, 0):y^-T where x: n, y: n",
]


def slips(text: str) -> list[str]:
    """The text with one token dropped, doubled or swapped with the next."""
    tokens = tokenize(text.split(" where")[0])[:-1]
    out = []
    for a, b in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        out.append(text[: a.start] + text[a.end :])
        out.append(text[: a.end] + text[a.start :])
        swapped = text[b.start : b.end] + text[a.end : b.start] + text[a.start : a.end]
        out.append(text[: a.start] + swapped + text[b.end :])
    return out


@pytest.mark.parametrize("original", ORIGINALS)
def test_slips_of_the_pen_give_errors_and_no_tracebacks(original: str) -> None:
    """Anything but a GradproofError would end the test; a fix that does not read would, too."""
    refused = 0
    for text in slips(original):
        try:
            read(text)
        except GradproofError as error:
            refused += 1
            assert error.code.startswith("GP")
            assert all(read(fix).objective is not None for fix in error.fixes)
    assert refused > 0


RUBBISH = "A B x y ' ( ) * + - : ^ .^ .* / , ; = 1 2.5 exp( L( f.( \" ‖ ones( n where : × \n # [ \\ ᵀ"


def test_rubbish_gives_errors_and_no_tracebacks() -> None:
    pieces = RUBBISH.split(" ")
    draw = random.Random(7)
    for _ in range(1500):
        text = " ".join(draw.choice(pieces) for _ in range(draw.randint(1, 12)))
        try:
            read(text)
        except GradproofError as error:
            assert error.code.startswith("GP")
