"""Which names a document has: what is an index and what belongs to a name, what is a function and what a
factor before a parenthesis, what a prime is. Decided for the whole text at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gradproof.language.document.tree import Term, Unread, walk

INDICES = frozenset("ijklmnpqrstuvabchdoIJ") | {"mu", "nu", "alpha", "beta", "rho", "sigma"}
LIKELY = frozenset("ijpq")  # letters that are indices behind a name that also stands alone
APPLIED = frozenset(("f", "g", "h", "L", "J", "phi", "psi", "rho", "ell", "E", "C", "F", "L_cal", "J_cal",
                     "E_cal", "sigma", "varphi", "loss", "Loss", "cost", "Cost", "act", "Q", "R", "D", "l",
                     "q", "u", "G"))  # fmt: skip
SURE = frozenset(("f", "g", "h", "L", "J", "ell", "L_cal", "phi", "psi", "sigma"))


class Names(NamedTuple):
    """What was decided about the names of a text.

    indices    letters that are indices
    functions  names that are applied to what stands in parentheses; headers: names that a header such as
               `f(x) = …` defines, with the names of its arguments
    turned     whether a prime is a transpose
    renamed    names whose d stands for a gradient, `dO` for ∂L/∂O; objective: of what
    """

    indices: frozenset[str]
    functions: frozenset[str]
    headers: dict[str, tuple[Term, ...]]
    turned: bool
    renamed: frozenset[str]
    plain: frozenset[str]
    objective: str = "L"


def decided(heads: Sequence[Term], terms: Sequence[Term], stacks: Iterable[str] = ()) -> Names:
    """What the terms of a text say about its names. heads: the left sides of statements."""
    parts = [part for term in terms for part in walk(term)]
    names = [part for part in parts if part.kind == "name" and part.text]
    plain = frozenset(part.text for part in names)
    headers: dict[str, tuple[Term, ...]] = {}
    for head in heads:
        applied = head.kind == "call" and head.text == "()" and all(map(_is_variable, head.args[1:]))
        small = applied and head.args[0].text.islower()
        if applied and (small or not _multiplied(head, parts)):
            headers.setdefault(base_text(head.args[0]), head.args[1:])
    functions = _functions(parts, headers)
    turned = any("prime" in part.marks for part in parts if part.kind in ("name", "T")) and not any(
        part.kind == "T" and "prime" not in part.marks for part in parts
    )
    return Names(_indices(parts, names, frozenset(stacks)), functions, headers, turned, frozenset(), plain)


def _is_variable(term: Term) -> bool:
    return term.kind == "name" and "prime" not in term.marks


def _multiplied(head: Term, parts: Sequence[Term]) -> bool:
    """Whether the name before the parenthesis is a factor elsewhere: `K(x)` beside `K H P`."""
    name = head.args[0]
    if name.text in SURE:
        return False
    return any(
        part.kind == "mul" and any(arg.kind in ("name", "T") and _base(arg) == name.text for arg in part.args)
        for part in parts
    )


def _base(term: Term) -> str:
    while term.kind in ("T", "pow") and term.args:
        term = term.args[0]
    return base_text(term) if term.kind == "name" else ""


def base_text(term: Term) -> str:
    """A name with all its scripts, as one text."""
    return "_".join([term.text, *(item.text for item in term.args)])


# ---- indices


def _indices(parts: Sequence[Term], names: Sequence[Term], stacks: frozenset[str]) -> frozenset[str]:
    out: set[str] = set()
    for part in parts:
        if part.kind == "sum":
            out |= set(part.text.split())
        if part.kind == "name" and part.text == "delta" and len(letters_of(part)) >= 2:
            out |= set(letters_of(part))
    bases = {name.text for name in names if not name.args}
    several: Counter[str] = Counter()
    for name in names:
        letters = letters_of(name)
        if len(letters) >= 2 and len(set(letters)) == len(letters) and set(letters) <= INDICES - bases:
            several.update(letters)
    out |= set(several)
    return frozenset(_closed(out, names, bases, stacks))


def _closed(out: set[str], names: Sequence[Term], bases: set[str], stacks: frozenset[str]) -> set[str]:
    """With the letters that stand where indices stand: x_k beside x_i."""
    places: dict[tuple[str, int], set[str]] = {}
    for name in names:
        for place, item in enumerate(name.args):
            if "letter" in item.marks:
                places.setdefault((name.text, place), set()).add(item.text)
    for (base, _), letters in places.items():
        stacked = base.upper() in stacks or base in bases
        out |= {letter for letter in letters & LIKELY if stacked}
    changed = True
    while changed:
        changed = False
        for letters in places.values():
            new = {letter for letter in letters if len(letter) == 1 and letter.islower()} - out
            if new and letters & out:
                out |= new
                changed = True
    return out


def letters_of(name: Term) -> list[str]:
    """The scripts of a name that are single letters."""
    return [item.text for item in name.args if "letter" in item.marks]


# ---- functions


def _functions(parts: Sequence[Term], headers: dict[str, tuple[Term, ...]]) -> frozenset[str]:
    called = [part for part in parts if part.kind == "call" and part.text == "()"]
    factors = {
        _base(arg)
        for part in parts
        if part.kind in ("mul", "add", "neg")
        for arg in part.args
    }  # fmt: skip
    out = set(headers)
    densities = {part.args[0] for part in parts if part.kind == "call" and part.text == "log" and part.args}
    for part in called:
        name = part.args[0]
        if part in densities and not any(arg.kind in ("add", "neg") for arg in part.args[1:]):
            out.add(base_text(name))
        text = base_text(name)
        if "prime" in name.marks or len(part.args) > 2 or _is_applied(part, factors):
            out.add(text)
    return frozenset(out)


def _is_change(term: Term) -> bool:
    return term.kind == "d" and term.args[0].kind == "name"


def _counted(factor: Term, total: Term) -> Term:
    """In `1/n Σ_i`, where nothing says how far i runs, it runs to n."""
    body, lower, upper = total.args
    below = factor.args[1] if factor.kind == "frac" else None
    if below is not None and below.kind == "mul" and below.args[0].kind == "number":
        below = below.args[1]
    open_end = upper.value == 0 and len(total.text.split()) == 1
    if below is None or below.kind != "name" or below.args or below.text not in COUNTS or not open_end:
        return total
    return total._replace(args=(body, lower, below))


COUNTS = frozenset("nNmMTB")  # letters that count


def _is_applied(call: Term, factors: set[str]) -> bool:
    """Whether a name before a parenthesis is a function by its letter: f(x), L(Y); not D(x − b)."""
    name = call.args[0].text
    if name in SURE - {"sigma", "h", "g"} or (len(name) > 1 and name.isupper()):
        return True
    if name not in APPLIED or name in factors:
        return False
    return name in SURE or all(arg.kind == "name" for arg in call.args[1:])


# ---- terms with their names resolved

_BEHIND = frozenset(("T", "pow", "hpow", "pinv", "entry"))


class Resolver:
    """Terms in which names are whole, and scripts that are indices are the names' arguments."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def term(self, term: Term) -> Term:
        """The term resolved; raises Unread."""
        if term.kind == "name":
            return self.name(term)
        if term.kind == "call" and term.text == "()":
            return self.applied(term)
        if term.kind == "sum":
            return term._replace(args=tuple(self.term(arg) for arg in term.args))
        if term.kind == "d":
            return self.differential(term)
        if term.kind in _BEHIND:
            return self.behind(term)
        args = tuple(self.term(arg) for arg in term.args)
        if term.kind == "mul" and term.text == "/" and all(_is_change(arg) for arg in args):
            return Term("derivative", (args[0].args[0], args[1].args[0]), span=term.span)  # dL/dW
        if term.kind == "mul" and term.text in ("", "·") and args[1].kind == "sum":
            args = (args[0], _counted(args[0], args[1]))
        return term._replace(args=args)

    def behind(self, term: Term) -> Term:
        """What stands behind an operand; behind `A(x − b)`, a product, it belongs to the last factor."""
        if term.kind == "T" and "small" in term.marks and "t" in self.names.plain:
            raise Unread("a power t, or a transpose?", term.span)
        given = term.args[0]
        inner = self.term(given)
        rest = term.args[1:] if term.kind == "entry" else tuple(self.term(arg) for arg in term.args[1:])
        core = given
        while core.kind in _BEHIND and "closed" not in core.marks:
            core = core.args[0]
        product = core.kind == "call" and core.text == "()" and "closed" not in core.marks
        if product and inner.kind == "mul" and inner.text == "":
            left, right = inner.args
            return inner._replace(args=(left, term._replace(args=(right, *rest))))
        return term._replace(args=(inner, *rest))

    def differential(self, term: Term) -> Term:
        """A d before a name: a differential, or a gradient."""
        inner = self.term(term.args[0])
        bare = inner
        while bare.kind == "T":
            bare = bare.args[0]
        if bare.kind == "name" and bare.text in self.names.renamed:
            objective = Term("name", (), self.names.objective, span=term.span)
            named = Term("derivative", (objective, bare), marks=("named",), span=term.span)
            return inner._replace(args=(named,)) if inner.kind == "T" else named
        constant = not any(part.kind == "name" and part.text not in ("pi", "n") for part in walk(inner))
        if constant and inner.kind != "number" and term.kind == "d":
            return Term("mul", (Term("name", (), "d", span=term.span), inner), "", span=term.span)
        if "delta" in term.marks:
            return term._replace(args=(inner,), marks=())
        return term._replace(args=(inner,))

    def name(self, term: Term) -> Term:
        """A name, with its scripts apart."""
        text, indices = self.scripts(term)
        primes = term.marks.count("prime")
        marks = tuple(mark for mark in term.marks if mark != "prime")
        out = term._replace(text=text, args=indices, marks=marks)
        if not primes:
            return out
        if self.names.turned and primes == 1:
            return Term("T", (out,), span=term.span)
        return out._replace(text=f"{text}{'′' * primes}")

    def scripts(self, term: Term) -> tuple[str, tuple[Term, ...]]:
        """The whole name, and its indices."""
        text = term.text
        if text.endswith("_cal") and text[:-4] not in self.names.plain:
            text = text[:-4]
        words: list[str] = []
        indices: list[Term] = []
        for item in term.args:
            letter = "letter" in item.marks
            if (letter and item.text in self.names.indices) or "colon" in item.marks:
                indices.append(item)
            elif "shift" in item.marks and any(one in self.names.indices for one in item.text):
                raise Unread(f"the index {item.text} is not read", item.span)
            else:
                words.append(item.text)
        if text == "delta" and len(term.args) == 2 and len(indices) < 2:
            raise Unread("a delta of what?", term.span)
        return "_".join([text, *words]) if words else text, tuple(indices)

    def applied(self, term: Term) -> Term:
        """A name before a parenthesis: a function, or a factor."""
        name, *args = term.args
        text, indices = self.scripts(name)
        given = tuple(self.term(arg) for arg in args)
        primes = name.marks.count("prime")
        known = base_text(name) in self.names.functions or base_text(name) in self.names.headers
        own = any(part.kind == "name" and part.text == name.text for arg in args for part in walk(arg))
        known = known and not own
        if not known and len(given) == 1 and not (primes and not self.names.turned):
            left = self.name(name)
            marks = (*given[0].marks, "closed")
            return Term("mul", (left, given[0]._replace(marks=marks)), "", span=term.span)
        if not given:
            raise Unread("nothing stands in the parentheses", term.span)
        marks = ("prime",) * primes
        out = Term("call", given, text, marks=("function", *marks), span=term.span)
        return out if not indices else Term("entry", (out, *indices), marks=("of",), span=term.span)
