"""Errors as they are drawn, word for word."""

import pytest

from gradproof.errors import GradproofError, LimitError, NameProblem, ParseError, ShapeError
from gradproof.faces.cli.error_report import bug, draw, suggest

FACTORS = ShapeError(
    "these two factors cannot be multiplied",
    code="GP201",
    source="L(X*W)",
    span=(2, 5),
    facts=(((2, 3), "X is n×k, so the next factor needs k rows"), ((4, 5), "W is m×k")),
    fixes=("X*W' is n×m",),
)
UNCLOSED = ParseError(
    '"(" is never closed',
    code="GP101",
    source="tr(A*(X+B)",
    span=(2, 3),
    facts=(((10, 10), 'expected ")" here'),),
    fixes=("tr(A*(X+B))",),
)
SIGMOD = NameProblem(
    'unknown function "sigmod"', code="GP302", source="sum(sigmod(X*w))", span=(4, 10), fixes=("sigmoid",)
)
COLUMNS = ShapeError(
    "product of two column vectors",
    code="GP205",
    source="x*x",
    span=(1, 2),
    facts=(((1, 2), "x is n×1"),),
    fixes=("x'*x scalar", "x*x' n×n", "x.*x n-vector"),
)
INDEX = GradproofError(
    "index i appears three times",
    code="GP120",
    source="G_ij X_ik W_ik",
    facts=(((2, 3), ""), ((7, 8), ""), ((12, 13), ""), (None, "a summed index appears exactly twice")),
    fixes=("G_ij X_jk W_ik",),
)
KINK = GradproofError(
    "the answer holds only where A*x ≠ b",
    code="GP404",
    source="norm2(A*x-b)",
    facts=((None, "the norm has no derivative at 0; the result divides by norm2(A*x-b)"),),
)
SECOND_LINE = ShapeError(
    "these terms cannot be added",
    code="GP202",
    source="Y = X*W'\nZ = Y + b\nL(Z)",
    span=(15, 16),
    facts=(((13, 14), "Y is n×m"), ((17, 18), "b is an m-vector")),
    fixes=("Y + ones(n)*b'",),
)
TWO_LINES = NameProblem(
    "Y is defined twice",
    code="GP303",
    source="Y = X\nY = W",
    facts=(((0, 1), "first here"), ((6, 7), "and again here")),
)
SAME_PLACE = ShapeError(
    "sizes disagree", code="GP206", source="A*B", facts=(((2, 3), "k is 3 here"), ((2, 3), "and 4 there"))
)
NO_SOURCE = LimitError("the exponent is over 64", code="GP702", facts=((None, "X^100 has 100"),))

PICTURES = [
    (
        FACTORS,
        """\
error[GP201]: these two factors cannot be multiplied
  L(X*W)
    ^ ^
    │ └ W is m×k
    └ X is n×k, so the next factor needs k rows
help: X*W' is n×m""",
    ),
    (
        UNCLOSED,
        """\
error[GP101]: "(" is never closed
  tr(A*(X+B)
    ^       ^ expected ")" here
help: tr(A*(X+B))""",
    ),
    (
        SIGMOD,
        """\
error[GP302]: unknown function "sigmod"
  sum(sigmod(X*w))
      ^^^^^^
help: sigmoid""",
    ),
    (
        COLUMNS,
        """\
error[GP205]: product of two column vectors
  x*x
   ^ x is n×1
help: x'*x scalar
help: x*x' n×n
help: x.*x n-vector""",
    ),
    (
        INDEX,
        """\
error[GP120]: index i appears three times
  G_ij X_ik W_ik
    ^    ^    ^
  a summed index appears exactly twice
help: G_ij X_jk W_ik""",
    ),
    (
        SECOND_LINE,
        """\
error[GP202]: these terms cannot be added
2 │ Z = Y + b
  │     ^   ^
  │     │   └ b is an m-vector
  │     └ Y is n×m
help: Y + ones(n)*b'""",
    ),
    (
        TWO_LINES,
        """\
error[GP303]: Y is defined twice
1 │ Y = X
  │ ^ first here
2 │ Y = W
  │ ^ and again here""",
    ),
    (
        SAME_PLACE,
        """\
error[GP206]: sizes disagree
  A*B
    ^
    ├ k is 3 here
    └ and 4 there""",
    ),
    (
        NO_SOURCE,
        """\
error[GP702]: the exponent is over 64
  X^100 has 100""",
    ),
]


@pytest.mark.parametrize("error, picture", PICTURES, ids=[error.code for error, _ in PICTURES])
def test_picture(error: GradproofError, picture: str) -> None:
    assert draw(error) == picture


def test_a_warning_says_so() -> None:
    assert draw(KINK, "warning") == (
        "warning[GP404]: the answer holds only where A*x ≠ b\n"
        "  norm2(A*x-b)\n"
        "  the norm has no derivative at 0; the result divides by norm2(A*x-b)"
    )


def test_ascii() -> None:
    picture = draw(FACTORS, ascii=True)
    assert picture == (
        "error[GP201]: these two factors cannot be multiplied\n"
        "  L(X*W)\n"
        "    ^ ^\n"
        "    | `- W is m x k\n"
        "    `- X is n x k, so the next factor needs k rows\n"
        "help: X*W' is n x m"
    )
    assert picture.isascii()


def test_carets_stay_under_their_letters_where_ascii_is_longer() -> None:
    error = NameProblem("unknown name", code="GP301", source="θ'*Xᵀ*q", span=(6, 7))
    assert draw(error) == "error[GP301]: unknown name\n  θ'*Xᵀ*q\n        ^"
    assert draw(error, ascii=True) == "error[GP301]: unknown name\n  theta'*X'*q\n            ^"


def test_wide_letters_take_two_columns() -> None:
    error = NameProblem("unknown name", code="GP301", source="行*q", span=(2, 3))
    assert draw(error).splitlines()[2] == "     ^"


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("width", [24, 40, 80])
@pytest.mark.parametrize("place", [0, 1, 100, 150, 297])
def test_a_long_line_is_shown_around_the_place(place: int, width: int, ascii: bool) -> None:
    source = "A+" * 150
    source = source[:place] + "qqq" + source[place + 3 :]
    _, row, carets = draw(
        NameProblem("unknown", code="GP301", source=source, span=(place, place + 3)), ascii=ascii, width=width
    ).splitlines()
    assert len(row) <= width
    assert "".join(c for c, mark in zip(row, carets, strict=False) if mark == "^") == "qqq"


def test_places_far_apart_are_shown_one_by_one() -> None:
    source = "foo*" + "A*" * 100 + "bar"
    end = len(source)
    picture = draw(
        ShapeError(
            "sizes disagree",
            code="GP201",
            source=source,
            facts=(((0, 3), "foo is m×n"), ((end - 3, end), "bar is m×n")),
        ),
        width=40,
    )
    assert picture == (
        "error[GP201]: sizes disagree\n"
        "  foo*A*A*A*A*A*A*A*A*A*A*A*A*A*A*…\n"
        "  ^^^ foo is m×n\n"
        "  …*A*A*A*A*A*A*A*A*A*A*A*A*A*A*bar\n"
        "                                ^^^ bar is m×n"
    )


@pytest.mark.parametrize("span", [(0, 0), (3, 3), (5, 99), (99, 200), (2, 1)])
def test_any_span_is_drawn_somewhere(span: tuple[int, int]) -> None:
    assert "^" in draw(GradproofError("here", code="GP101", source="A+B", span=span))


def test_no_control_character_reaches_the_terminal() -> None:
    error = NameProblem('unknown name "\x1b[31m"', code="GP301", source="A\t+\x1b[31mB", span=(3, 4))
    picture = draw(error)
    assert "\x1b" not in picture and "\t" not in picture
    assert picture.splitlines()[1:] == ["  A +�[31mB", "     ^"]


def test_a_bug_says_that_it_is_ours() -> None:
    assert draw(bug(ZeroDivisionError("division by zero"), "L(X*W')")) == (
        "error[GP901]: this is our bug, not yours (ZeroDivisionError: division by zero)\n"
        "  L(X*W')\n"
        "  please report it with this text; GRADPROOF_DEBUG=1 shows where it happened"
    )
    assert bug(RecursionError(), None).message == "this is our bug, not yours (RecursionError)"


def test_suggestions_are_the_fixes_in_their_order() -> None:
    assert suggest(COLUMNS) == ["help: x'*x scalar", "help: x*x' n×n", "help: x.*x n-vector"]
    assert suggest(NO_SOURCE) == []
