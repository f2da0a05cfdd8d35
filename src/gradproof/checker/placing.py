"""Parts of arrays, arrays made of parts, sums over windows: products with arrays of 0 and 1.

Such an array is an atom that its sizes tell apart: cut(n, a, b) takes the places a to b of n, and
windows(n, k, s, p) is 1 at (i, j, l) where window i, of width k, has place j of n at its l-th place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradproof.checker.products import Products
from gradproof.checker.terms import Form, Term, Unchecked, Wrong, number, plus, poly, text, times
from gradproof.checker.words import CONSTANTS, SLOPES

Axes = tuple[tuple[str, ...], ...]
# The last axes of what a convolution reads, of its weights, and of what it gives.
CONVOLVED = {1: ("j", "a", "i"), 2: ("jk", "ab", "hi")}
ROLES = {"": "xwy", "_transpose": "ywx", "_weight": "xyw"}


def placed(reader: Products, op: str, args: Sequence[Form], data: Sequence[Any], axes: Axes,
           row: bool) -> Form | None:  # fmt: skip
    """What such a word makes of its arguments; None for other words."""
    given = tuple(text(poly(size)) for size in data) if op not in ("slice", "triu", "tril") else ()
    if op in CONSTANTS:
        return constant(reader, op, given, axes)
    if op == "unit":
        return cut(reader, axes[0], given[0], given[0])
    if op == "slice":
        return _slice(reader, args[0], data, row)
    if op in ("hcat", "vcat"):
        return _stack(reader, op, args, axes)
    if op in ("triu", "tril"):
        return reader.pointwise(args[0], triangle(reader, op, int(data[0]), args[0].axes))
    if op == "cumsum":
        below, rest = triangle(reader, "tril", 0, args[0].axes[:1] * 2), "klm"[: len(axes) - 1]
        return reader.contract([below, args[0]], ["ij", f"j{rest}"], ["i", *rest])
    if op == "commutation":
        m, n = (reader.single(reader.atom("ones", (size,), (), (size,)), ((size,),)) for size in given)
        empty = [one._replace(terms=tuple(t._replace(factors=()) for t in one.terms)) for one in (m, n)]
        return reader.contract(empty, ["i", "j"], ["ij", "ji"])
    if op == "ptrace":
        return _partial_trace(reader, args[0], *given)
    if op == "hat":
        crossing = constant(reader, "crossing", ("3",), (("3",),) * 3)
        return reader.contract([crossing, args[0]], ["ikj", "k"], ["i", "j"])
    if op in ("unfold", "fold"):
        return _windows(reader, op, args[0], given, axes)
    return _convolution(reader, op, args, given, axes) if op.startswith("conv") else None


def _windows(reader: Products, op: str, form: Form, given: Sequence[str], axes: Axes) -> Form:
    """Windows of a vector as rows (unfold), and rows added up in their places (fold)."""
    (long,), (count, width) = (form.axes, axes) if op == "unfold" else (axes, form.axes)
    windows = constant(reader, "windows", (*long, *width, *given[1:]), (count, long, width))
    labels, outs = (["ija", "j"], ["i", "a"]) if op == "unfold" else (["ija", "ia"], ["j"])
    return reader.contract([windows, form], labels, outs)


def constant(reader: Products, op: str, data: tuple[str, ...], axes: Axes) -> Form:
    """An array of 0 and 1 that sizes make."""
    legs = tuple(size for axis in axes for size in axis)
    return reader.single(reader.atom(op, data, (), legs), axes)


def cut(reader: Products, axis: tuple[str, ...], first: str, last: str | None = None) -> Form:
    """The places of an axis from first to last; where first is last, without an axis for them."""
    if len(axis) != 1:
        raise Unchecked("a part of an axis that is a pair")
    (size,) = axis
    last = first if last is None else last
    length = text(plus(plus(poly(last), poly(first), -1), {(): 1}))
    axes = (axis,) if first == last else ((length,), axis)
    return constant(reader, "cut", (size, first, last), axes)


def triangle(reader: Products, op: str, k: int, axes: Axes) -> Form:
    """1 on and above the k-th diagonal (triu), on and below it (tril), else 0."""
    if op == "triu":
        return constant(reader, "triu", (str(k),), axes)
    upper = constant(reader, "triu", (str(-k),), axes[::-1])
    return reader.contract([upper], ["ji"], ["i", "j"])


def _slice(reader: Products, form: Form, bounds: Sequence[Any], row: bool) -> Form:
    letters, outs = "abcdefgh"[: len(form.axes)], []
    parts, labels = [form], [letters]
    for letter, axis, bound in zip(letters, form.axes, bounds, strict=True):
        ends = [text(poly(end)) for end in bound or ()]
        if not ends:
            outs.append(letter)
            continue
        parts.append(cut(reader, axis, ends[0], ends[-1]))
        whole = len(parts[-1].axes) == 1
        if whole and len(ends) == 2:  # a range of one place keeps its axis
            raise Unchecked("a range of one place")
        labels.append(letter if whole else letter.upper() + letter)
        outs += [] if whole else [letter.upper()]
    return reader.contract(parts, labels, outs)._replace(row=row)


def _stack(reader: Products, op: str, args: Sequence[Form], axes: Axes) -> Form:
    """The sum of the parts, each with zeros around it."""
    along = len(axes) - 1 if op == "hcat" else 0
    parts, start = [Form(axes, (), op == "hcat" and len(axes) == 1)], poly("0")
    for form in args:
        whole = len(form.axes) == len(axes)
        size = times(form.axes[along]) if whole else poly("1")
        end = plus(start, size)
        first, last = text(plus(start, {(): 1})), text(end)
        if whole and first == last:
            raise Unchecked("a range of one place")
        place = cut(reader, axes[along], first, last)
        outer = "ij"[: len(axes)]
        inner = outer.replace(outer[along], "k" if whole else "")
        made = reader.contract([form, place], [inner, ("k" if whole else "") + outer[along]], list(outer))
        parts.append(made._replace(row=parts[0].row))
        start = end
    return reader.plus(parts)


def _partial_trace(reader: Products, form: Form, side: str, m: str, n: str) -> Form:
    for axis in form.axes:
        if axis != (m, n):
            raise Unchecked("an axis that is read in two ways", axis, (m, n))
    apart = Form(((m,), (n,), (m,), (n,)), form.terms)
    return reader.contract([apart], ["ikjk" if side == "2" else "kikj"], ["i", "j"])


def _convolution(reader: Products, op: str, args: Sequence[Form], given: Sequence[str], axes: Axes) -> Form:
    """y[i] = Σ x[s(i - 1) + a - p] w[a], and what exchanges its result with an argument."""
    dimensions, tail = int(op[4]), op[6:]
    roles = ROLES[tail]
    extra = len(args[0].axes) - dimensions
    samples, inner, outer = "n" * (extra == 2), "c" * (extra > 0), "o" * (extra > 0)
    x, w, y = CONVOLVED[dimensions]
    legs = {"x": samples + inner + x, "w": outer + inner + w, "y": samples + outer + y}
    sizes = {letter: axis for role, array in zip(roles, (*(a.axes for a in args), axes), strict=True)
             for letter, axis in zip(legs[role], array, strict=True)}  # fmt: skip
    steps = given[dimensions if roles[2] != "y" else 0 :]
    windows = [constant(reader, "windows", (*sizes[b], *sizes[c], *steps), (sizes[a], sizes[b], sizes[c]))
               for a, b, c in zip(y, x, w, strict=True)]  # fmt: skip
    labels = [legs[roles[0]], legs[roles[1]], *(a + b + c for a, b, c in zip(y, x, w, strict=True))]
    return reader.contract([*args, *windows], labels, list(legs[roles[2]]))


# ---- laws of parts, for the arguments that a certificate names


def apart(reader: Products, known: Mapping[str, Form]) -> tuple[Form, Form]:
    """Two parts of one axis: the same (their product is the identity), or without a common place (0)."""
    one, other = (_cut_of(reader, known[letter]) for letter in "XZ")
    labels = [(letter if len(known[key].axes) == 2 else "") + "n" for letter, key in ("iX", "jZ")]
    left = reader.contract([known["X"], known["Z"]], labels, [two[0] for two in labels if len(two) == 2])
    if one == other:
        return left, _eye(left) if left.axes else number(1)
    for a, b in ((one, other), (other, one)):
        gap = plus(poly(b[1]), poly(a[2]), -1)
        if a[0] == b[0] and gap.get((), 0) >= 1 and all(c >= 0 for c in gap.values()):
            return left, Form(left.axes, ())
    raise Wrong("parts that may overlap")


def _eye(left: Form) -> Form:
    return Form(left.axes, (Term(Fraction(1), left.axes[0], (), (0, 0)),))


def _cut_of(reader: Products, form: Form) -> tuple[str, ...]:
    """The size, the first and the last place of a part that a form is."""
    (term,) = form.terms
    ((place, legs, e),) = term.factors
    if reader.atoms[place].kind != "cut" or term.c != 1 or e != 1 or legs != term.outs:
        raise Wrong("no part of an axis")
    return reader.atoms[place].data


def inside(reader: Products, known: Mapping[str, Form]) -> tuple[Form, Form]:
    """A part of a function of an array, entry by entry, is the function of the part; z: along which axis."""
    axis = int(known["z"].terms[0].c) if known["z"].terms else 0
    (term,) = known["X"].terms
    ((place, legs, e),) = term.factors
    atom = reader.atoms[place]
    if legs != term.outs or term.c != 1 or atom.kind not in ("sum", "map", "raised", *SLOPES):
        raise Wrong("no function entry by entry")
    _cut_of(reader, known["C"])
    letters = "abcdefgh"[: len(legs)]
    part = ("n" if len(known["C"].axes) == 2 else "") + letters[axis]
    outs = letters.replace(letters[axis], part[:-1])

    def taken(form: Form) -> Form:
        return reader.contract([known["C"], form], [part, letters], list(outs))

    first, *more = atom.forms
    return taken(known["X"]), reader.entries(atom.kind, atom.data, [taken(first), *more], e)


PARTS = {"parts of an axis": apart, "a part of a function is the function of the part": inside}
