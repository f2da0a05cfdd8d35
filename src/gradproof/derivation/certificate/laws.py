"""Laws of the checker that say what an atom is made of, and for which arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradproof.checker.reading import Reader
from gradproof.checker.step import Settler
from gradproof.checker.terms import Factor, Form, Term, tidy
from gradproof.checker.words import EVEN, LAWS, ODD

Args = Mapping[str, Form]
Law = tuple[str, Args]
Use = tuple[str, Any, list[Any]]
ONE = Fraction(1)


def written(form: Form) -> list[Any]:
    """A form as the certificate writes it."""
    terms = [[str(t.c), list(t.sizes), [[a, list(v), str(e)] for a, v, e in t.factors], list(t.outs)]
             for t in form.terms]  # fmt: skip
    return [[list(axis) for axis in form.axes], terms]


class Making:
    """What the atoms of one reader are made of."""

    def __init__(self, reader: Reader, settler: Settler) -> None:
        self.reader, self.settler = reader, settler

    def argument(self, place: int, which: int = 0) -> Form:
        """An argument of an atom, settled."""
        form = self.reader.ring.atoms[place].forms[which]
        return form._replace(terms=tuple(self.settler.form(form)))

    # ---- what an atom is made of

    def about(self, place: int) -> Iterator[Law]:
        """The laws whose left side is just this atom."""
        atom = self.reader.ring.atoms[place]
        for made in _ABOUT.get(atom.kind, ()):
            yield from made(self, place)

    def _inverse(self, place: int) -> Iterator[Law]:
        form = self.reader.ring.atoms[place].forms[0]
        if len(form.terms) != 1:
            yield from self._scaled_sum(form)
            return
        (term,) = form.terms
        scalars = [f for f in term.factors if not f[1]]
        if term.c != 1 or scalars:
            z = Form((), (Term(term.c, (), tuple(scalars), ()),))
            rest = term._replace(c=ONE, factors=tuple(f for f in term.factors if f[1]))
            yield "inv(z*X) = inv(X)/z", {"z": z, "X": form._replace(terms=(rest,))}
            return
        if len(form.axes[0]) == 1 and term.outs[0] == term.outs[1]:
            inner = Term(ONE, term.sizes, term.factors, term.outs[:1])
            yield "inv(diag(x)) = diag(1 ./ x)", {"X": Form(form.axes[:1], (inner,))}
        if len(term.factors) == 1 and self.reader.ring.atoms[term.factors[0][0]].kind == "inv":
            inner_form = self.reader.ring.atoms[term.factors[0][0]].forms[0]
            if term.factors[0][1] == term.outs:
                yield "inv(inv(X)) = X", {"X": inner_form}
            else:
                yield "inv(inv(X)) = X", {"X": turned(inner_form)}
        for one, other in self._products(form):
            yield "inv(X*Z) = inv(Z)*inv(X)", {"X": one, "Z": other}
        for one, other in self._kronecker(form):
            yield "inv(kron(X, Z)) = kron(inv(X), inv(Z))", {"X": one, "Z": other}

    def _scaled_sum(self, form: Form) -> Iterator[Law]:
        """A number or scalars that all terms share."""
        shared = set.intersection(*({f for f in t.factors if not f[1]} for t in form.terms))
        c = form.terms[0].c
        z = Form((), (Term(c, (), tuple(sorted(shared)), ()),))
        if shared or c != 1:
            terms = tuple(t._replace(c=t.c / c, factors=tuple(f for f in t.factors if f not in shared))
                          for t in form.terms)  # fmt: skip
            yield "inv(z*X) = inv(X)/z", {"z": z, "X": form._replace(terms=terms)}

    def _determinant(self, place: int) -> Iterator[Law]:
        form = self.reader.ring.atoms[place].forms[0]
        if len(form.terms) != 1:
            return
        (term,) = form.terms
        if (
            len(term.factors) == 1
            and self.reader.ring.atoms[term.factors[0][0]].kind == "inv"
            and term.c == 1
        ):
            inner = self.reader.ring.atoms[term.factors[0][0]].forms[0]
            straight = term.factors[0][1] == term.outs
            yield "det(inv(X)) = 1/det(X)", {"X": inner if straight else turned(inner)}
        for one, other in self._products(form):
            yield "det(X*Z) = det(X)*det(Z)", {"X": one, "Z": other}

    def _products(self, form: Form) -> Iterator[tuple[Form, Form]]:
        """A single product cut in two: at an index that all goes through, or behind a diagonal matrix."""
        (term,) = form.terms
        if len(term.outs) != 2 or len(set(term.outs)) != 2 or term.c != 1:
            return
        made = _cut(form, term) or _without_diagonal(term)
        if made is not None:
            yield made

    def _kronecker(self, form: Form) -> Iterator[tuple[Form, Form]]:
        (term,) = form.terms
        if len(form.axes[0]) != 2 or len(form.axes[1]) != 2:
            return
        a, p, b, q = term.outs
        first = _reach(term.factors, a, None) | {b}
        if p in first or q in first:
            return
        left = tuple(f for f in term.factors if set(f[1]) <= first)
        right = tuple(f for f in term.factors if f not in left)
        one = _used(tidy(Term(term.c, term.sizes, left, (a, b))))
        other = _used(tidy(Term(ONE, term.sizes, right, (p, q))))
        axes = [((term.sizes[i],), (term.sizes[j],)) for i, j in ((a, b), (p, q))]
        yield Form(axes[0], (one,)), Form(axes[1], (other,))

    def _raised(self, place: int) -> Iterator[Law]:
        """x^(k + 2) = x^k x^2."""
        base, exponent = self.reader.ring.atoms[place].forms
        constant = tuple(t for t in exponent.terms if not t.factors and not t.sizes)
        rest = tuple(t for t in exponent.terms if t.factors or t.sizes)
        if constant and rest:
            yield "X.^(z + v) = X.^z.*X.^v", {"X": base, "z": Form((), rest), "v": Form((), constant)}

    def _ratio(self, place: int) -> Iterator[Law]:
        atom = self.reader.ring.atoms[place]
        name, parts = _RATIOS[atom.kind]
        if any(self._there(kind, atom.forms) for kind in parts):
            yield name, {"X": atom.forms[0]}

    def _there(self, kind: str, forms: tuple[Form, ...]) -> bool:
        return any(atom.kind == kind and atom.forms == forms for atom in self.reader.ring.atoms)

    def _opposite(self, place: int) -> Iterator[Law]:
        """f(-X), where f(X) occurs before."""
        atom = self.reader.ring.atoms[place]
        form = atom.forms[0]
        back = form._replace(terms=tuple(t._replace(c=-t.c) for t in form.terms))
        kind = "step" if atom.kind == "relu'" else atom.kind
        name = next(law for law in LAWS if law.startswith(f"{kind}(-X) = "))
        earlier = [a for a in self.reader.ring.atoms[:place] if a.kind == atom.kind]
        if (form.terms and form.terms[0].c < 0) or any(
            sorted(a.forms[0].terms) == sorted(back.terms) for a in earlier
        ):
            yield name, {"X": back}

    def _larger(self, place: int) -> Iterator[Law]:
        atom = self.reader.ring.atoms[place]
        name = {"minimum": "min(X, Z) = X - relu(X - Z)", "maximum": "max(X, Z) = Z + relu(X - Z)"}[atom.kind]
        yield name, dict(zip("XZ", atom.forms, strict=True))

    def _undone(self, place: int) -> Iterator[Law]:
        atom = self.reader.ring.atoms[place]
        (form,) = atom.forms
        if len(form.terms) == 1 and len(form.terms[0].factors) == 1:
            (term,) = form.terms
            inner, legs, e = term.factors[0]
            other = self.reader.ring.atoms[inner]
            if e == 1 and term.c == 1 and {atom.kind, other.kind} == {"exp", "log"} and legs == term.outs:
                axes = tuple((size,) for size in other.legs)
                name = "exp(log(X)) = X" if atom.kind == "exp" else "log(exp(X)) = X"
                yield name, {"X": Form(axes, other.forms[0].terms)}


_RATIOS = {
    "tanh": ("tanh(X) = sinh(X)./cosh(X)", ("sinh", "cosh")),
    "tan": ("tan(X) = sin(X)./cos(X)", ("sin", "cos")),
}
_ABOUT = {
    **dict.fromkeys((*ODD, *EVEN, "sigmoid", "relu'"), (Making._opposite,)),
    "inv": (Making._inverse,), "det": (Making._determinant,), "raised": (Making._raised,),
    "tanh": (Making._ratio, Making._opposite), "tan": (Making._ratio, Making._opposite),
    "exp": (Making._undone,), "log": (Making._undone,), "minimum": (Making._larger,),
    "maximum": (Making._larger,),
}  # fmt: skip


def turned(form: Form) -> Form:
    """The transpose of a form with two axes."""
    rows = len(form.axes[0])
    return Form(form.axes[::-1], tuple(t._replace(outs=t.outs[rows:] + t.outs[:rows]) for t in form.terms))


def _cut(form: Form, term: Term) -> tuple[Form, Form] | None:
    """A product in two at the first index that all goes through."""
    start, end = term.outs
    for cut in range(len(term.sizes)):
        if cut in (start, end) or term.sizes[cut] != term.sizes[start]:
            continue
        first = _reach(term.factors, start, cut)
        if end in first:
            continue
        left = tuple(f for f in term.factors if f[1] and set(f[1]) <= first | {cut} and set(f[1]) & first)
        right = tuple(f for f in term.factors if f not in left)
        axis = ((term.sizes[cut],),)
        one = tidy(Term(ONE, term.sizes, left, (start, cut)))
        other = tidy(Term(ONE, term.sizes, right, (cut, end)))
        return Form(form.axes[:1] + axis, (_used(one),)), Form(axis + form.axes[1:], (_used(other),))
    return None


def _without_diagonal(term: Term) -> tuple[Form, Form] | None:
    """A product in two where a diagonal matrix stands at an end."""
    start, end = term.outs
    for f in term.factors:
        if len(f[1]) == 1 and f[1][0] in (start, end) and len(term.factors) > 1:
            rest = tuple(g for g in term.factors if g != f)
            size = (term.sizes[start],)
            line = Form((size, size), (Term(ONE, size, ((f[0], (0,), f[2]),), (0, 0)),))
            more = Form((size, size), (_used(tidy(Term(ONE, term.sizes, rest, (start, end)))),))
            return (line, more) if f[1][0] == start else (more, line)
    return None


def _used(term: Term) -> Term:
    """A tidy term without the indices that nothing stands on."""
    used = len({*term.outs, *(i for f in term.factors for i in f[1])})
    return term._replace(sizes=term.sizes[:used])


def _reach(factors: Sequence[Factor], start: int, without: int | None) -> set[int]:
    seen, todo = {start}, [start]
    while todo:
        v = todo.pop()
        for _, legs, _ in factors:
            if v in legs:
                for w in legs:
                    if w not in seen and w != without:
                        seen.add(w)
                        todo.append(w)
    return seen
