"""Slips in lines: each is found, named as it was made, and mended in the line's own notation.

A row of a table is a right derivation, a line of it as somebody wrote it with one slip, and the name. The
fix must be the right line again, letter by letter.
"""

from __future__ import annotations

import pytest

import gradproof as gp
from gradproof.checking.diagnosis import slips
from gradproof.checking.diagnosis.search import lacking
from gradproof.checking.diagnosis.summands import summands
from gradproof.checking.repair import written_row as names
from gradproof.checking.repair.differentials import carry_differentials
from gradproof.checking.repair.notation import Notation
from gradproof.checking.repair.search import Judge, mend
from gradproof.elaboration.open_sizes import Parts, may_fit
from gradproof.elaboration.worksheet.read import read_lines
from gradproof.elaboration.worksheet.reading import Reading
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.language.worksheet.text import rows
from gradproof.operators.build import T, add, d, div, frob, mul, name
from gradproof.proof.semantics.context import Context

UNICODE = """\
f = norm2(X*W' - T)^2
let R = X Wᵀ − T
df = 2 R : dR
   = 2 R : (X dWᵀ)
   = (2 XᵀR) : dWᵀ
   = (2 RᵀX) : dW
∂f/∂W = 2 (X Wᵀ − T)ᵀ X
"""
ASCII = """\
f = norm2(A*x - b)^2
df = 2*(A*x - b) : d(A*x - b)
   = 2*(A*x - b) : A*dx
   = 2*A'*(A*x - b) : dx
grad = 2*A'*(A*x - b)
"""
INVERSE = """\
f = logdet(X'*A*X)
let R = XᵀA X
df = R⁻ᵀ : dR
   = R⁻ᵀ : (dXᵀ A X) + R⁻ᵀ : (XᵀA dX)
   = (R⁻ᵀ XᵀAᵀ) : dXᵀ + (AᵀX R⁻ᵀ) : dX
"""
ENTRIES = """\
f = sum(log(1 + exp(A*x)) .* y)
let r = A x
df = (y ⊙ exp(r) ⊘ (1 + exp(r))) : dr
   = (y ⊙ exp(r) ⊘ (1 + exp(r))) : (A dx)
   = (Aᵀ(y ⊙ exp(r) ⊘ (1 + exp(r)))) : dx
"""
LATEX = """\
\\begin{align*}
f &= \\operatorname{tr}(A X^{-1} B) \\\\
df &= -\\operatorname{tr}(A X^{-1} dX X^{-1} B) \\\\
\\nabla f &= -X^{-\\top} A^\\top B^\\top X^{-\\top}
\\end{align*}
"""
SLOPE = "y ⊙ exp(r) ⊘ (1 + exp(r))"
TRACE = "\\operatorname{tr}(A X^{-1} dX X^{-1} B)"
MADE = [  # the derivation, the right line, the line with a slip, its name
    (UNICODE, "2 R : (X dWᵀ)", "2 R : (dWᵀ)", names.MISSING),
    (UNICODE, "2 R : (X dWᵀ)", "2 R : (X dW)", names.TRANSPOSED),
    (UNICODE, "(2 XᵀR) : dWᵀ", "(2 X R) : dWᵀ", names.TRANSPOSED),
    (UNICODE, "(2 XᵀR) : dWᵀ", "(2 R Xᵀ) : dWᵀ", names.SWAPPED),
    (UNICODE, "2 R : (X dWᵀ)", "R : (X dWᵀ)", "factor 1/2"),
    (UNICODE, "2 (X Wᵀ − T)ᵀ X", "2 (X Wᵀ + T)ᵀ X", names.SIGN),
    (UNICODE, "2 (X Wᵀ − T)ᵀ X", "2 (Wᵀ − T)ᵀ X", names.MISSING),
    (UNICODE, "2 (X Wᵀ − T)ᵀ X", "2 (X Wᵀ − T)ᵀ", names.MISSING),
    (UNICODE, "2 (X Wᵀ − T)ᵀ X", "3 (X Wᵀ − T)ᵀ X", names.CONSTANT),
    (ASCII, "2*(A*x - b) : A*dx", "2*(A*x - b) : dx", names.MISSING),
    (ASCII, "2*A'*(A*x - b) : dx", "2*A*(A*x - b) : dx", names.TRANSPOSED),
    (ASCII, "2*A'*(A*x - b)", "2*A'*(A*x + b)", names.SIGN),
    (ASCII, "2*A'*(A*x - b)", "2*A'*A*(A*x - b)", names.EXTRA),
    (INVERSE, "R⁻ᵀ : dR", "Rᵀ : dR", names.NO_INVERSE),
    (INVERSE, "(R⁻ᵀ XᵀAᵀ) : dXᵀ + (AᵀX R⁻ᵀ) : dX", "(R⁻ᵀ XᵀAᵀ) : dXᵀ + (X R⁻ᵀ) : dX", names.MISSING),
    (INVERSE, "(R⁻ᵀ XᵀAᵀ) : dXᵀ + (AᵀX R⁻ᵀ) : dX", "(R⁻ᵀ Xᵀ Aᵀ) : dXᵀ − (AᵀX R⁻ᵀ) : dX", names.SIGN),
    (INVERSE, "R⁻ᵀ : (dXᵀ A X) + R⁻ᵀ : (XᵀA dX)", "R⁻ᵀ : (dXᵀ X) + R⁻ᵀ : (XᵀA dX)", names.MISSING),
    (ENTRIES, f"(Aᵀ({SLOPE})) : dx", "(Aᵀ(y ⊙ exp(r) ⊘ (1 + (r)))) : dx", names.NO_FUNCTION),
    (ENTRIES, f"(Aᵀ({SLOPE})) : dx", "(Aᵀ(y exp(r) ⊘ (1 + exp(r)))) : dx", names.FOR_HADAMARD),
    (LATEX, f"-{TRACE}", f"-{TRACE.replace('dX X^{-1}', 'dX X')}", names.NO_INVERSE),
    (LATEX, f"-{TRACE}", TRACE, names.SIGN),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong", "kind"), MADE)
def test_a_slip_is_named_as_it_was_made_and_undone(text: str, right: str, wrong: str, kind: str) -> None:
    head, there, tail = text.rpartition(f"= {right}")
    assert there
    report = gp.check_derivation(f"{head}= {wrong}{tail}")
    assert report.first_wrong is not None, report.show()
    line = report.lines[report.first_wrong]
    assert line.text.endswith(wrong.rstrip()), report.show()
    assert line.kind == kind, report.show()
    assert line.fix is not None
    assert "".join(line.fix.split()) == "".join(right.split()), report.show()


@pytest.mark.parametrize("text", [UNICODE, ASCII, INVERSE, ENTRIES, LATEX])
def test_the_right_derivations_are_right(text: str) -> None:
    assert gp.check_derivation(text).grade in ("proved", "tested")


MORE = [  # a text with one slip, the place of the wrong line, its name, and its fix
    ("f = x'*A*x\ndf = dxᵀ A x + xᵀ dx\n", 1, names.MISSING, "dxᵀ A x + xᵀA dx"),
    ("f = norm2(x)^2\n∂f/∂x = 2 x − 1\n", 1, names.TERM_EXTRA, "2 x"),
    ("f = sum((X*w).^3)\n∂f/∂w = 3 Xᵀ(X w)\n", 1, names.EXPONENT, "3 Xᵀ(X w)^⊙2"),
    ("f = 1/norm2(x)\ndf = −(x : dx)/‖x‖\n", 1, names.EXPONENT, "−(x : dx)/‖x‖³"),
    ("H = X*W\nf = L(H)\nH = X Wᵀ\n", 2, names.TRANSPOSED, "X W"),
    ("f = tr(X'*A*X)\n∂f/∂X = (A + A) X\n", 1, names.TRANSPOSED, "(Aᵀ + A) X"),
    ("f = (x'*x)^2\n∇²f = 8 x xᵀ\n", 1, names.TERM, None),
    ("y = exp(x)/sum(exp(x))\nlet s = sum(exp(x))\ndy = d(exp(x))/s\n", 2, names.TERM,
     "d(exp(x))/s - exp(x)*ds/s^2"),
    ("where A: n×n, X: n×n\nf = det(A X B)\n∂f/∂X = det(A B) X⁻ᵀ\n", 1, names.MISSING, "det(A X B) X⁻ᵀ"),
    ("where A: n×n, X: n×n\nf = det(A X B)\n∂f/∂X = det(A X B) Xᵀ\n", 1, names.NO_INVERSE, "det(A X B) X⁻ᵀ"),
    ("where x: n\nf = norm2(x)^2 - l*(x'*ones(n))\ndf = 2 xᵀdx − l (dx 1)\n∂f/∂x = 2 x − l 1\n", 1,
     names.TRANSPOSED, "2 xᵀdx − l (dxᵀ 1)"),
    ("\\[ f = \\log\\det X \\]\n\\[ \\nabla f = X^{-1} \\]\n", 1, names.TRANSPOSED, "X^{-\\top}"),
    ("Y = inv(X)\n∂Y_ij/∂X_pq = (X⁻¹)_ip (X⁻¹)_qj\n", 1, names.SIGN, "−(X⁻¹)_ip (X⁻¹)_qj"),
    ("Y = X.^2\n∂Y_ij/∂X_pq = 3 X_ij δ_ip δ_jq\n", 1, names.CONSTANT, "2 X_ij δ_ip δ_jq"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "kind", "fix"), MORE)
def test_slips_elsewhere(text: str, place: int, kind: str, fix: str | None) -> None:
    report = gp.check_derivation(text)
    assert report.first_wrong == place, report.show()
    assert report.lines[place].kind == kind, report.show()
    assert report.lines[place].fix == fix, report.show()


def test_a_product_of_two_columns_is_entry_by_entry() -> None:
    """Both `xᵀ dx` and `x ⊙ dx` would do in a sum of entries; nobody sums a number."""
    report = gp.check_derivation("f = sum(x.^3)\ndf = sum(3 x^⊙2 dx)\n")
    line = report.lines[1]
    assert line.kind == names.FOR_HADAMARD
    assert line.fix == "sum(3 x^⊙2 ⊙ dx)"


@pytest.mark.parametrize("text", ["y = softmax(x)\ndy = dx\n", "f = norm2(x)^2\ndf = 2*df\n"])
def test_a_fix_does_not_repeat_the_left_side(text: str) -> None:
    report = gp.check_derivation(text)
    assert report.first_wrong == 1, report.show()
    assert report.lines[1].fix not in ("dy", "d y", "df")


def test_what_is_likely_and_not_proved_is_not_offered() -> None:
    reading = _reading("f = x'*A*x\n")
    row = reading.said[0].row
    parts = Parts(reading.tree(row, "A*x"), reading.assembler())
    written = names.Row("A*x", parts, Notation("A*x"))

    def judge(proved: bool) -> Judge:
        def value(text: str) -> Expr:
            found = reading.again(reading.said[0], text).right
            assert found is not None
            return found

        return Judge(lambda text: reading.tree(row, text), value, lambda e: bool(e.axes), lambda e: proved)

    assert mend(written, judge(False)) is None
    found = mend(written, judge(True))
    assert found is not None
    assert found.text != "A*x"


# ---- what the sizes that a line does not say could be

SIZES = "where R: n×m, A: n×n, x: n, W: d×q\nY = R*R'*A*x*x'\nV = W*W'\n"
FITS = [
    ("I − R pinv(R)", True),
    ("I − R pinv(Rᵀ)", False),  # n×m times n×m: no identity helps
    ("(I − pinv(R) R) Rᵀ pinv(R)", False),  # I is m×m, and m×n times m×n is nothing
    ("2 I + W Wᵀ", True),
    ("2 I + Wᵀ", False),  # no identity is q×d
    ("I ⊗ A", True),
    ("(I ⊗ A) x", True),  # of order 1
    ("A (I + I) x", True),
    ("I : R", False),
    ("I x", True),
    ("x I", False),
    ("x 1ᵀ − A", True),  # a printed 1 may be ones of any size
    ("x 1 + A", True),  # it may be a number: not decided here
    ("1 x + A", True),
]


@pytest.mark.parametrize(("text", "fits"), FITS)
def test_what_no_size_of_an_identity_can_mend(text: str, fits: bool) -> None:
    reading = _reading(SIZES)
    tree = reading.tree(reading.said[0].row, text)
    assert may_fit(tree, reading.assembler()) is fits


def _reading(text: str) -> Reading:
    return read_lines(rows(text)[0])


def test_definite_errors_beside_an_identity_are_refuted() -> None:
    text = """\
Y = pinv(A + p*B)
let R = A + p B
dY = pinv(R) pinv(R)ᵀ dRᵀ (I − R pinv({})) + (I − pinv(R) R) dRᵀ pinv(R)ᵀ pinv(R) − pinv(R) dR pinv(R)
"""
    assert gp.check_derivation(text.format("R")).first_wrong is None
    wrong = gp.check_derivation(text.format("Rᵀ")).lines[2]
    assert (wrong.verdict.grade, wrong.kind) == ("refuted", names.TRANSPOSED)
    assert wrong.fix is not None
    assert "(I − R pinv(R))" in wrong.fix


# ---- the parts


@pytest.mark.parametrize(
    ("text", "around", "mark", "times", "had"),
    [
        ("X*W'", "", "'", "*", ".*"),
        ("X * W.T", "", ".T", " * ", " .* "),
        ("X Wᵀ", "", "ᵀ", " ", " ⊙ "),
        ("X dW", "X*W'\n∂f/∂W = X", "ᵀ", " ", " ⊙ "),  # the lines around are Unicode
        ("X*W", "A' − B", "'", "*", ".*"),
    ],
)
def test_the_notation_of_a_line(text: str, around: str, mark: str, times: str, had: str) -> None:
    found = Notation(text, [around])
    assert (found.mark, found.times, found.had) == (mark, times, had)


def test_the_notation_of_latex() -> None:
    assert Notation("X^\\top A", latex=True).turned("W") == "W^\\top"
    assert Notation("X^T A", latex=True).turned("W") == "W^T"
    assert Notation("X", latex=True).inverted("X + Y", "(X + Y)") == "(X + Y)^{-1}"


def test_kinds_are_called_as_for_answers() -> None:
    for word in (
        "TRANSPOSED", "SWAPPED", "SIGN", "NO_INVERSE", "INVERSE", "EXTRA", "CONSTANT", "EXPONENT", "TERM",
        "TERM_EXTRA", "NO_FUNCTION", "FUNCTION",
    ):  # fmt: skip
        assert getattr(names, word) == getattr(slips, word)
    assert (names.MISSING, names.OTHER_NAME) == (slips.CHAIN, slips.WRONG_NAME)
    assert (names.FOR_HADAMARD, names.FOR_PRODUCT) == (slips.FOR_HADAMARD, slips.FOR_PRODUCT)


def test_differentials_are_carried_through_name_by_name() -> None:
    n = symbol("n")
    x, y, s = name("x", (n,)), name("y", (n,)), name("s", ())
    stands = {s: mul(T(x), x), y: div(x, s)}
    before, near, far = carry_differentials(d(y), stands, frozenset((x,)))
    assert str(before) == "dy"
    assert str(near) == "dx/s - x*ds/s^2"
    assert "ds" not in str(far)
    assert str(far).count("dx") == 3


def test_one_of_two_equal_terms_is_missing() -> None:
    n = symbol("n")
    a, b, c = (name(text, (n, n)) for text in "ABC")
    whole, less = add(frob(a, b), frob(T(a), T(b)), frob(c, b)), add(frob(a, b), frob(c, b))
    assert lacking(whole, less, Context(frozenset())) in (frob(a, b), frob(T(a), T(b)))
    assert lacking(whole, add(frob(a, b), frob(c, c)), Context(frozenset())) is None


def test_a_number_added_to_an_array_is_a_summand() -> None:
    n = symbol("n")
    x, c = name("x", (n,)), name("c", ())
    assert [str(term) for term in summands(frob(x, add(x, c)))] == ["x:x", "x:c*ones(n)"]


def test_an_identity_in_a_block_has_the_rows_beside_it() -> None:
    text = (
        "f = tr(hcat(X, eye(t))'*inv(eye(t) + X*X')*hcat(X, eye(t)))\n"
        "let R = (I + X Xᵀ)⁻¹\n"
        "df = 2 (R X) : dX + ([X, I] [X, I]ᵀ) : dR\n"
        "   = 2 (R X) : dX − (R [X, I] [X, I]ᵀ R) : d(I + Xᵀ X)\n"
    )
    report = gp.check_derivation(text)
    assert (report.first_wrong, report.lines[3].kind) == (3, "order swapped"), report.show()
    assert report.lines[3].fix == "2 (R X) : dX − (R [X, I] [X, I]ᵀ R) : d(I + X Xᵀ)"
