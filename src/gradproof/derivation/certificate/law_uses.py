"""Where a law of the checker can be used: on which factors of a term, for which arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradproof.checker.reading import Reader
from gradproof.checker.step import Settler
from gradproof.checker.terms import Factor, Form, Term, number
from gradproof.checker.words import OF_MATRICES, spelled
from gradproof.derivation.certificate.laws import ONE, Args, Making, turned, written

Use = tuple[str, Any, list[Any]]


class Rules:
    """The laws as they can be used in the terms of one reader."""

    def __init__(self, reader: Reader, settler: Settler) -> None:
        self.reader, self.settler = reader, settler
        self.made_of = Making(reader, settler)

    # ---- uses in a term

    def uses(self, term: Term) -> Iterator[Use]:
        """The ways to take a term away by a law."""
        for at, (atom, _, _) in enumerate(term.factors):
            for name, args in self.made_of.about(atom):
                yield from self._replaced(term, at, name, args)
            for law in _BY_KIND.get(self.reader.ring.atoms[atom].kind, ()):
                yield from law(self, term, at)

    def _replaced(self, term: Term, at: int, name: str, args: Args) -> Iterator[Use]:
        """An atom by what it is equal to."""
        _, legs, e = term.factors[at]
        if e >= 1:
            yield _use(name, args, _without(term, {at: ONE}), legs, term.outs)

    def _cancelled(self, term: Term, at: int) -> Iterator[Use]:
        """inv(N)*N = I, by the largest part of N."""
        atom, legs, e = term.factors[at]
        if e < 1:
            return
        form = self.reader.ring.atoms[atom].forms[0]
        rows = len(form.axes[0])
        for lead in self._leads(self.made_of.argument(atom)):
            for name, outer, met in (
                ("inv(X)*X = I", legs[:rows], legs[rows:]), ("X*inv(X) = I", legs[rows:], legs[:rows])
            ):  # fmt: skip
                first = name.startswith("inv")
                near = lead.outs[:rows] if first else lead.outs[rows:]
                far = lead.outs[rows:] if first else lead.outs[:rows]
                for names, gone in self._embedded(lead, term, dict(zip(near, met, strict=True)), at, ONE):
                    if not _inside(
                        term, gone, {*met, *(names[i] for i in range(len(lead.sizes)) if i not in far)}
                    ):
                        continue
                    ends = [names[i] for i in far]
                    law_legs = [*outer, *ends] if first else [*ends, *outer]
                    yield _use(name, {"X": form}, _without(term, gone), law_legs, term.outs)

    def _leads(self, form: Form) -> list[Term]:
        """The terms of a sum to divide by, largest first."""
        able = [t for t in form.terms if any(f[1] for f in t.factors) or len(form.terms) == 1 or not t.outs]
        return sorted(able, key=lambda t: (-sum(len(f[1]) for f in t.factors), -len(t.factors)))[:3]

    def _raised_up(self, term: Term, at: int) -> Iterator[Use]:
        """S^e times the largest part of S is S^(e + 1) less the rest."""
        atom, legs, e = term.factors[at]
        if e >= 0:
            return
        form = self.reader.ring.atoms[atom].forms[0]
        whole = self.made_of.argument(atom)
        below = {
            a for a, _, x in term.factors if x < 0 and a != atom
        }  # S^-1·x^-1 = x^-1 + S^-1 for S = 1 - x
        fractions = [
            t for t in whole.terms if any({a for a, _, _ in o.factors} & below for o in whole.terms if o != t)
        ]
        for lead in (*self._leads(whole), *fractions):
            for names, gone in self._embedded(lead, term, dict(zip(lead.outs, legs, strict=True)), at, e):
                inner = {names[i] for i in range(len(lead.sizes)) if i not in lead.outs}
                if _inside(term, gone, inner):
                    args, rest = {"X": form, "z": number(e)}, _without(term, gone)
                    yield _use("X.^z.*X = X.^(z + 1)", args, rest, legs, term.outs)

    def _squared(self, term: Term, at: int) -> Iterator[Use]:
        atom, legs, e = term.factors[at]
        if e < 2 and not (e < 0 and self.reader.ring.atoms[atom].kind == "sign"):
            return
        name = {"sign": "sign(X).^2 = 1", "relu'": "step(X).^2 = step(X)",
                "cosh": "cosh(X).^2 = 1 + sinh(X).^2",
                "cos": "cos(X).^2 = 1 - sin(X).^2"}[self.reader.ring.atoms[atom].kind]  # fmt: skip
        gone = {at: Fraction(2) if e > 0 else e}
        more = () if e > 0 else ((atom, legs, e),)
        rest = _without(term, gone)
        rest = rest._replace(factors=(*rest.factors, *more))
        yield _use(name, {"X": self.reader.ring.atoms[atom].forms[0]}, rest, legs, term.outs)

    def _traced(self, term: Term, at: int) -> Iterator[Use]:
        atom, legs, e = term.factors[at]
        if len(legs) != 4 or e != 1 or (legs[0] != legs[1] and legs[2] != legs[3]):
            return
        forms = self.reader.ring.atoms[atom].forms
        name = _TRACES[self.reader.ring.atoms[atom].kind]
        if name.startswith("tr(sylv") and forms[0] != forms[1]:
            return
        i, _, p, q = legs if legs[0] == legs[1] else legs[::-1]
        rest = _without(term, {at: ONE})
        if i not in term.outs and not any(i in f[1] for f in rest.factors):
            args = dict(zip("Xz", forms, strict=False)) if "dpow" in name else {"X": forms[0]}
            yield _use(name, args, rest, [q, p], term.outs)

    def _swapped(self, term: Term, at: int) -> Iterator[Use]:
        """A solution of Sylvester's equation by an earlier one, with its matrices exchanged or transposed."""
        atom, (i, j, p, q), e = term.factors[at]
        if e != 1:
            return
        one, other = self.reader.ring.atoms[atom].forms
        earlier = [a.forms for a in self.reader.ring.atoms[:atom] if a.kind == "sylvester"]
        if (other, one) in earlier:
            name, ends = "sylvester(X, Z, E) = sylvester(Z, X, E')'", [q, p, j, i]
            yield _use(name, {"X": one, "Z": other}, _without(term, {at: ONE}), ends, term.outs)
        if (turned(other), turned(one)) in earlier:
            args = {"X": turned(one), "Z": turned(other)}
            name = "sylvester(X', Z', E) = sylvester(Z, X, E')'"
            yield _use(name, args, _without(term, {at: ONE}), [i, j, p, q], term.outs)

    def _absorbed(self, term: Term, at: int) -> Iterator[Use]:
        """X^z*X = X^(z + 1)."""
        atom, (i, j), e = term.factors[at]
        base, exponent = self.reader.ring.atoms[atom].forms
        base_now = self.made_of.argument(atom)
        if len(base_now.terms) != 1 or e != 1:
            return
        (lead,) = base_now.terms
        for name, near, far, met, outer in (
            ("X^z*X = X^(z + 1)", lead.outs[0], lead.outs[1], j, i),
            ("X*X^z = X^(z + 1)", lead.outs[1], lead.outs[0], i, j),
        ):  # fmt: skip
            for names, gone in self._embedded(lead, term, {near: met}, at, ONE):
                inner = {names[k] for k in range(len(lead.sizes)) if k != far}
                if _inside(term, gone, inner):
                    ends = [outer, names[far]] if name.startswith("X^z") else [names[far], outer]
                    yield _use(name, {"X": base, "z": exponent}, _without(term, gone), ends, term.outs)

    def _stochastic(self, term: Term, at: int) -> Iterator[Use]:
        """Rows of a stochastic matrix."""
        atom, legs, e = term.factors[at]
        if "stochastic" in self.reader.ring.atoms[atom].data[1] and len(legs) == 2 and e == 1:
            gone = {at: ONE}
            if _inside(term, gone, {legs[1]}):
                name = "rowsum(P) = 1 for a stochastic P"
                yield _use(name, {"X": self._alone(atom)}, _without(term, gone), legs[:1], term.outs)

    def _rooted(self, term: Term, at: int) -> Iterator[Use]:
        """sqrtm(X)*sqrtm(X) = X."""
        atom, legs, _ = term.factors[at]
        args = {"X": self.reader.ring.atoms[atom].forms[0]}
        for there, gone in self._twins(term, at):
            if there[0] == legs[1] and _inside(term, gone, {legs[1]}):
                ends = [legs[0], there[1]]
                yield _use("sqrtm(X)*sqrtm(X) = X", args, _without(term, gone), ends, term.outs)

    def _orthogonal(self, term: Term, at: int) -> Iterator[Use]:
        """Q'*Q = I, for a name or for eigenvectors."""
        atom, legs, _ = term.factors[at]
        data = self.reader.ring.atoms[atom]
        if data.kind == "eigvecs":
            laws, args = _VECTORS, {"X": data.forms[0]}
        elif "orthogonal" in data.data[1]:
            laws, args = _ORTHOGONAL, {"X": self._alone(atom)}
        else:
            return
        for there, gone in self._twins(term, at):
            for k, name in enumerate(laws):
                if there[k] == legs[k] and _inside(term, gone, {legs[k]}):
                    ends = [legs[1 - k], there[1 - k]]
                    yield _use(name, args, _without(term, gone), ends, term.outs)

    def _twins(self, term: Term, at: int) -> Iterator[tuple[tuple[int, ...], dict[int, Fraction]]]:
        """Where the matrix of a factor stands once more in the term, and what both together take away."""
        atom, legs, e = term.factors[at]
        if len(legs) == 2 and e >= 1:
            for to, (other, there, power) in enumerate(term.factors):
                if to != at and other == atom and power >= 1:
                    yield there, {at: ONE, to: ONE}

    def _in_parts(self, term: Term, at: int) -> Iterator[Use]:
        """A part of a part, and a part of a function."""
        atom, legs, e_cut = term.factors[at]
        if e_cut != 1:
            return
        cut, v = self._alone(atom), legs[-1]
        for to, (other, there, e) in enumerate(term.factors):
            if to == at or v not in there or not _inside(term, {at: ONE, to: e}, {v}):
                continue
            gone, kind = {at: ONE, to: e}, self.reader.ring.atoms[other].kind
            if kind == "cut" and e == 1:
                args = {"X": cut, "Z": self._alone(other)}
                yield _use(
                    "parts of an axis", args, _without(term, gone), [*legs[:-1], *there[:-1]], term.outs
                )
            elif there.count(v) == 1 and self.reader.ring.atoms[other].forms:
                axis = there.index(v)
                whole = self._alone(other)
                powered = tuple(
                    t._replace(factors=tuple((a, x, e) for a, x, _ in t.factors)) for t in whole.terms
                )
                args = {"C": cut, "X": whole._replace(terms=powered), "z": number(axis)}
                ends = [*there[:axis], *legs[:-1], *there[axis + 1 :]]
                name = "a part of a function is the function of the part"
                yield _use(name, args, _without(term, gone), ends, term.outs)

    def _alone(self, atom: int) -> Form:
        return self.reader.ring.single(atom, tuple((size,) for size in self.reader.ring.atoms[atom].legs))

    # ---- parts of terms

    def _embedded(
        self, lead: Term, term: Term, start: dict[int, int], at: int, e: Fraction
    ) -> Iterator[tuple[dict[int, int], dict[int, Fraction]]]:
        """The ways to find the factors of one term in another: names of indices, exponents to take away."""
        scalars = [f for f in lead.factors if not f[1]]
        gone: dict[int, Fraction] = {at: e}
        extra: dict[int, Fraction] = {}
        for atom, _, x in scalars:
            there = [k for k, f in enumerate(term.factors) if f[0] == atom]
            if there:
                gone[there[0]] = gone.get(there[0], Fraction(0)) + x
            else:
                extra[atom] = x
        if any(
            self.reader.ring.atoms[a].kind not in ("size", "exp") and a not in self.reader.ring.divisors
            for a in extra
        ):
            return
        for names, taken in self._placed([f for f in lead.factors if f[1]], term, start, gone):
            yield names, {**taken, **{-1 - a: x for a, x in extra.items()}}

    def _placed(
        self, factors: Sequence[Factor], term: Term, names: dict[int, int], gone: dict[int, Fraction]
    ) -> Iterator[tuple[dict[int, int], dict[int, Fraction]]]:
        if not factors:
            if len(set(names.values())) == len(names):
                yield names, gone
            return
        best = max(factors, key=lambda f: sum(i in names for i in f[1]))
        rest = [f for f in factors if f is not best]
        atom, legs, e = best
        for place, (other, there, x) in enumerate(term.factors):
            left = x - gone.get(place, Fraction(0))
            if other != atom or (left < e if e > 0 else left > e):
                continue
            turn = self.settler.turn(atom)
            for to in (there, tuple(there[i] for i in turn)) if turn else (there,):
                new = dict(names)
                if all(new.setdefault(a, b) == b for a, b in zip(legs, to, strict=True)):
                    yield from self._placed(
                        rest, term, new, {**gone, place: gone.get(place, Fraction(0)) + e}
                    )


_ORTHOGONAL = ("Q'*Q = I for an orthogonal Q", "Q*Q' = I for an orthogonal Q")
_VECTORS = ("V'*V = I for eigenvectors", "V*V' = I for eigenvectors")
_TRACES = {
    **{f"d{f}": f"tr(d{f}(X, E)) = tr({spelled(slope)}*E)" for f, slope in OF_MATRICES.items()},
    "dpow": "tr(dpow(X, z, E)) = z*tr(X^(z - 1)*E)",
    "sylvester": "tr(sylvester(X, X, E)) = tr(inv(X)*E)/2",
}  # fmt: skip


Law = Callable[[Rules, Term, int], Iterator[Use]]
_BY_KIND: dict[str, tuple[Law, ...]] = {
    "inv": (Rules._cancelled,),
    "sum": (Rules._raised_up,),
    **dict.fromkeys(("sign", "relu'", "cosh", "cos"), (Rules._squared,)),
    **dict.fromkeys(_TRACES, (Rules._traced,)),
    "sylvester": (Rules._traced, Rules._swapped),
    "mpow": (Rules._absorbed,),
    "cut": (Rules._in_parts,),
    "sqrtm": (Rules._rooted,),
    "eigvecs": (Rules._orthogonal,),
    "name": (Rules._stochastic, Rules._orthogonal),
}


def _inside(term: Term, gone: Mapping[int, Fraction], inner: set[int]) -> bool:
    """Whether indices occur in the factors that are taken away only."""
    left = [f for k, f in enumerate(term.factors) if f[2] != gone.get(k, 0)]
    return not inner & {*term.outs, *(i for f in left for i in f[1])}


def _without(term: Term, gone: Mapping[int, Fraction]) -> Term:
    factors = [(a, legs, e - gone.get(k, Fraction(0))) for k, (a, legs, e) in enumerate(term.factors)]
    extra = [(-1 - k, (), -x) for k, x in gone.items() if k < 0]
    return Term(ONE, term.sizes, tuple(f for f in [*factors, *extra] if f[2]), ())


def _use(name: str, args: Args, rest: Term, legs: Sequence[int], outs: Sequence[int]) -> Use:
    """A use of a law as the certificate writes it; the indices are those of the law and of the rest."""
    used = dict.fromkeys([*legs, *outs, *(i for f in rest.factors for i in f[1])])
    place = {old: new for new, old in enumerate(used)}
    factors = [[a, [place[i] for i in v], str(e)] for a, v, e in rest.factors]
    context = [
        "1",
        [rest.sizes[i] for i in used],
        factors,
        [place[i] for i in legs],
        [place[i] for i in outs],
    ]
    return name, {key: written(form) for key, form in args.items()}, context
