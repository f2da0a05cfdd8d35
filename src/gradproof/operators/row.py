"""A row of the vocabulary: what the table of operators says of one word."""

from __future__ import annotations

from typing import NamedTuple


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
    doc: str = ""


def pointwise(
    name: str, slope: str, doc: str = "", needs: str = "", kink: str = "", meaning: str = ""
) -> Operator:
    """A row for a function that works entry by entry."""
    return Operator(
        name,
        ("*->*",),
        slope=slope,
        meaning=(meaning,) if meaning else (),
        requires=(needs,) if needs else (),
        kink=kink,
        doc=doc,
    )


LETTERS = ("X", "Z", "V")  # the arguments in the texts of a row


def whole_arity(row: Operator) -> int:
    """How many arguments a word takes; one that is linear in its last may also stand without it."""
    return row.signatures[0].partition("->")[0].count(",") + 1
