"""A row of the vocabulary: what the table of operators says of one word."""

from __future__ import annotations

from typing import NamedTuple, TypedDict, Unpack


class Operator(NamedTuple):
    """One word of the language.

    name          the operator's name in nodes; also its spelling, unless `expressions.text` says other
    signatures    the ways to use it (see `operators.signature`)
    linear        True: the signature is the meaning, linear in each argument
    per           letters of axes to divide by: the mean is a sum `per` its axes ("*": every axis)
    slope         elementwise derivative, in X and Y
    differential  the differential, in X, Z, V, Y, dX, dZ, dV and the sizes of X: n of its last axis, m of
                  its first; one text, or one for each signature
    meaning       the same said with other words; one text, or one for each signature. Where there is
                  neither slope nor differential, the derivative is that of the meaning
    requires      conditions on the arguments, as texts with {X} and {Z}
    kink          where it has no derivative and what is used there
    adjoint       linear in its last argument alone, F(…, E); the word that carries C across ":" in the
                  sense of C : F(…, E) = adjoint(…, C')' : E. Without E the word is the array of four
                  axes T with F(E)_ij = Σ T_ijpq E_pq
    commuting     the matrix that F(…, E) is times E where the matrices X commute with E; r is Z - 1
    stands        what it is short for: the word is replaced when a text is read
    commutative   the order of its arguments does not matter
    associative   nor do brackets among them: f(a, f(b, c)) is f(a, b, c)
    unit          the array that changes nothing as an argument: "eye" of the product
    involution    f(f(X)) = X
    antihomomorphism  it turns products round: f(X*Z) = f(Z)*f(X)
    of            the word that it belongs to: `sum` of rowsum and colsum, expm of dexpm
    by            what it has one entry for: "row" or "column"; "" where it takes the whole array
    of_scalar     what it is of a scalar, in X, where code may say so
    slope_word    its slope is a word of its own, relu'(X)
    algebra       made of its matrices by sums, products and functions: what commutes with them commutes
                  with it
    turns         f(X') = f(X)', of matrices as a whole: entry by entry that is no question
    keeps_symmetry  its value is symmetric where its arguments are
    positive      every entry is > 0, whatever the arguments; keeps_positive: where all theirs are
    orthogonal    its columns are orthonormal
    invertible    its value has an inverse, whatever the argument
    even          f(-X) = f(X)
    definite      it is 0 only where its argument is, as norms are
    of_whole      its conditions are about the array as a whole: X ≠ 0 says that one entry is not 0
    families      the words that a person may write for each other have one of these in common
    numpy         names by which libraries have it with this meaning, NumPy's first: all are read, and the
                  first is written unless it begins with scipy or torch. What works entry by entry is
                  read by its own name, too
    latex         its command in LaTeX, where it has one of its own
    without       what it is not: pairs of a floor (`tests/test_rows.py` asks for each) and the reason
    doc           what it is, in a few words
    """

    name: str
    signatures: tuple[str, ...]
    linear: bool = False
    per: str = ""
    slope: str = ""
    differential: tuple[str, ...] = ()
    meaning: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    kink: str = ""
    adjoint: str = ""
    commuting: str = ""
    stands: str = ""
    commutative: bool = False
    associative: bool = False
    unit: str = ""
    involution: bool = False
    antihomomorphism: bool = False
    of: str = ""
    by: str = ""
    of_scalar: str = ""
    slope_word: bool = False
    algebra: bool = False
    turns: bool = False
    keeps_symmetry: bool = False
    positive: bool = False
    keeps_positive: bool = False
    orthogonal: bool = False
    invertible: bool = False
    even: bool = False
    definite: bool = False
    of_whole: bool = False
    families: str = ""
    numpy: str = ""
    latex: str = ""
    without: tuple[tuple[str, str], ...] = ()
    doc: str = ""

    @property
    def product(self) -> bool:
        """Linear in each of two arguments or more."""
        return self.linear and "," in self.signatures[0]

    @property
    def map(self) -> bool:
        """Linear in its one argument."""
        return self.linear and not self.product

    @property
    def transposes(self) -> bool:
        """f(X') = f(X)', of matrices as a whole or entry by entry."""
        return self.turns or bool(self.slope)


# Reasons why a word is not read from NumPy's syntax, and more of the same kind.
UNREAD = ("read", "no such function in NumPy, SciPy or PyTorch")
AN_ORDER = ("read", "an order of np.linalg.norm, which is read by itself")
UNCHECKED = ("certified", "not known to the checker")
ONLY_A_RESULT = ("derived", "a word of results: a second derivative that is not supported")


class Facts(TypedDict, total=False):
    """The columns of `Operator` that are facts, for those that make rows."""

    commutative: bool
    associative: bool
    unit: str
    involution: bool
    antihomomorphism: bool
    of_scalar: str
    algebra: bool
    turns: bool
    keeps_symmetry: bool
    positive: bool
    keeps_positive: bool
    orthogonal: bool
    invertible: bool
    even: bool
    definite: bool
    of_whole: bool
    families: str
    numpy: str
    latex: str
    without: tuple[tuple[str, str], ...]


def pointwise(
    name: str, slope: str, doc: str = "", needs: str = "", kink: str = "", meaning: str = "",
    **facts: Unpack[Facts],
) -> Operator:  # fmt: skip
    """A row for a function that works entry by entry."""
    facts.setdefault("keeps_symmetry", True)
    return Operator(
        name,
        ("*->*",),
        slope=slope,
        meaning=(meaning,) if meaning else (),
        requires=(needs,) if needs else (),
        kink=kink,
        slope_word=slope == f"{name}'(X)",
        doc=doc,
        **facts,
    )


def matrix_function(
    name: str,
    slope: str,
    doc: str,
    of_direction: str = "",
    needs: str = "",
    invertible: bool = False,
    numpy: str = "",
) -> tuple[Operator, Operator]:
    """The rows of a function of a square matrix that power series give, and of its derivative d + name.

    slope: f'(X), which the derivative is in directions that commute with X. The derivative in the
    direction E is a sum of products X^i*E*X^j with weights that i and j may exchange.
    """
    derivative, requires = f"d{name}", (needs,) if needs else ()
    function = Operator(
        name, ("ii->ii",), differential=(f"{derivative}(X, dX)",), requires=requires, algebra=True,
        turns=True, keeps_symmetry=True, invertible=invertible, numpy=numpy, doc=doc,
    )  # fmt: skip
    along = f"derivative of {name} at X in the direction E"
    return function, Operator(
        derivative, ("ii,ii->ii", "ii->iiii"), adjoint=f"{derivative}(X, C)", commuting=slope, of=name,
        requires=requires, algebra=True, keeps_symmetry=True, without=(UNREAD,),
        doc=f"{along}: {of_direction}" if of_direction else along,
    )  # fmt: skip


LETTERS = ("X", "Z", "V")  # the arguments in the texts of a row


def whole_arity(row: Operator) -> int:
    """How many arguments a word takes; one that is linear in its last may also stand without it."""
    return row.signatures[0].partition("->")[0].count(",") + 1


def entrywise(row: Operator) -> bool:
    """Whether a word is a function of one argument, entry by entry."""
    return row.signatures == ("*->*",) and not row.linear


def to_scalar(row: Operator) -> bool:
    """Whether a word makes a scalar of one array."""
    return bool(row.signatures) and row.signatures[0].endswith("->") and whole_arity(row) == 1


def square_only(row: Operator) -> bool:
    """Whether a word takes one matrix, which must be square."""
    inputs = [use.partition("->")[0].strip("~") for use in row.signatures]
    matrices = [letters for letters in inputs if len(letters) == 2 and letters.isalpha()]
    return bool(matrices) and all(letters[0] == letters[1] for letters in matrices)


def written(row: Operator) -> str:
    """The name that NumPy itself has for a word, or ""."""
    first = row.numpy.partition(" ")[0]
    return "" if first.startswith(("scipy.", "torch.")) else first
