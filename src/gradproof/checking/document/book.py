"""The book of what is known: what names stand for, unknown functions, declared laws, and the referee."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from gradproof.checking.document.truth import derivative, gradient, written_out
from gradproof.elaboration.document.denote import Denoter
from gradproof.elaboration.document.reading import Reading
from gradproof.elaboration.document.sizes import Misfit
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder, rebuild
from gradproof.language.document.tree import Term, Unread, walk
from gradproof.operators import build
from gradproof.proof.referee import FAILURES, Referee
from gradproof.proof.semantics.context import Context


class Book:
    """What one reading of a text knows.

    objectives  functions that the text does not define; given: their differentials, where rows say them
    stands     what defined names stand for; laws: declared equations; zero: whether rows set a
               gradient to zero; gradients: those that rows are about, with their variables
    turned     whether gradients by matrices are transposed in this text; layouts: how many are which
    by         defined names that are free in the row that is judged
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.referees: dict[tuple[frozenset[Expr], frozenset[Expr], bool], Referee] = {}
        self.objectives: frozenset[Expr] = frozenset()
        self.given: dict[Expr, Expr] = {}
        self.stands: dict[Expr, Expr] = {}
        self.laws: tuple[tuple[Expr, Expr], ...] = ()
        self.zero = False
        self.turned = False
        self.layouts: Counter[str] = Counter()
        self.gradients: list[tuple[Expr, Expr]] = []
        self.by: frozenset[Expr] = frozenset()
        reading.derive = self.derive

    # ---- names

    def prepare(self) -> None:
        """What the defined names stand for, unknown functions, and declared laws."""
        for symbol in self.reading.symbols.values():
            for size in symbol.axes:
                self.reading.dim(size)
        self.reading.sizes.frozen = True
        later = self._derived()
        self._stand(text for text in self.reading.values if text not in later)
        self._fold()
        self.objectives = self._unknown()
        self._stand(text for text in self.reading.values if text in later)
        self.laws = tuple(self._laws())

    def _derived(self) -> set[str]:
        """Names that stand for what has derivatives in it."""
        return {
            one.text
            for known in self.reading.sheet.definitions.values()
            for one in known
            if any(part.kind in ("derivative", "along") for part in walk(one.body))
        }

    def _stand(self, texts: Iterable[str]) -> None:
        """Note what names stand for."""
        for text in list(texts):
            symbol = self.reading.symbols.get(text)
            if symbol is None or text in self.reading.lost:
                continue
            try:
                self.stands[self.reading.leaf(symbol)] = self.reading.values[text].make()
            except (*FAILURES, Misfit, Unread):
                self.reading.lost.add(text)

    def _fold(self) -> None:
        """Names that are defined apart from what they are a part of: in L = ‖σ(W x)‖², z = W x is found."""
        wanted = self._asked()
        for name in [e for e in self.stands if str(e) in wanted]:
            value = written_out(name, self.stands)
            for other, whole in list(self.stands.items()):
                if (
                    other is name
                    or value is whole
                    or not value.args
                    or name in postorder([whole], unfold=self.stands)
                ):
                    continue
                if other in postorder([name], unfold=self.stands):
                    continue
                part = self._part(whole, value)
                if part is not None:
                    self.stands[other] = rebuild(whole, {part: name}, build.construct)

    def _asked(self) -> set[str]:
        """The names that rows differentiate by."""
        return {one.text for part in self._parts() if part.kind == "derivative" for one in part.args[1:]}

    def _part(self, whole: Expr, value: Expr) -> Expr | None:
        """The part of an expression that is a value."""
        for part in postorder([whole]):
            alike = part.args and (part.axes, part.row) == (value.axes, value.row)
            if alike and written_out(part, self.stands) is value:
                return part
        return None

    def _unknown(self) -> frozenset[Expr]:
        """Losses that the text does not define, as unknown functions of what everything else leads to."""
        out: set[Expr] = set()
        wanted = {
            part.args[0].text if part.args[0].kind == "name" else ""
            for part in self._parts()
            if part.kind in ("derivative", "d")
        }
        unknown = {text for text, one in self.reading.inputs.items() if text in wanted and not one.axes}
        ends = {text: [name for name in self._sinks(text) if name not in unknown] for text in unknown}
        for text, names in ends.items():
            sinks = [self.reading.leaf(self.reading.symbols[name]) for name in names]
            if sinks:
                leaf = self.reading.leaf(self.reading.symbols[text])
                self.stands[leaf] = build.call(text, *sinks)
                out.add(leaf)
        return frozenset(out)

    def _sinks(self, function: str) -> list[str]:
        """The names that a loss is a function of: what is differentiated by, and nothing else is made of."""
        by = self._varied(function)
        below = self._below()
        used = set().union(*below.values())
        ends = [name for name in below if name not in used and self._leads(name, set(by), below)]
        loose = [name for name in by if name not in below and name not in used]
        asked = [name for name in ends if name in by]
        found = [*(asked or ends[-1:]), *loose]
        return [name for name in found if name in self.reading.symbols and name != function]

    def _varied(self, function: str) -> list[str]:
        """The names that a loss is differentiated by, and those whose differentials are taken, in order."""
        by: dict[str, None] = {}
        for part in self._parts():
            if part.kind not in ("derivative", "d"):
                continue
            of, *names = part.args
            if part.kind == "derivative" and of.text == function:
                by.update(dict.fromkeys(one.text for one in names if one.kind == "name"))
            elif part.kind == "d" and of.kind == "name" and of.text != function:
                by.setdefault(of.text)
        return list(by)

    def _parts(self) -> Iterator[Term]:
        """Every term of the text, with those inside it."""
        for chain in self.reading.sheet.chains:
            for side in chain.sides:
                if side.term is not None:
                    yield from walk(side.term)

    def _below(self) -> dict[str, set[str]]:
        """The names in what each defined name stands for, where no derivative is in that."""
        below = {}
        for name, value in self.stands.items():
            inside = postorder([value])
            if not any(e.op in ("partial", "d", "gradof") for e in inside):
                below[str(name)] = {str(e) for e in inside if e.op == "name"}
        return below

    @staticmethod
    def _leads(name: str, by: set[str], below: Mapping[str, set[str]]) -> bool:
        """Whether something that is differentiated by stands below a name."""
        todo, seen = [name], set()
        while todo:
            one = todo.pop()
            if one in by:
                return True
            if one not in seen:
                seen.add(one)
                todo += below.get(one, ())
        return False

    def _laws(self) -> Iterable[tuple[Expr, Expr]]:
        for text, word in self.reading.sheet.facts:
            symbol = self.reading.symbols.get(text)
            if symbol is None:
                continue
            leaf = self.reading.leaf(symbol)
            if word == "sums" and len(leaf.axes) == 1:
                yield build.apply("sum", leaf), build.num(1)
            if len(leaf.axes) == 2:
                yield build.apply("rowsum", leaf), build.ones(leaf.axes[0])

    # ---- asking

    def derive(self, of: Expr, by: Expr) -> Expr:
        """All derivatives of an expression by a name, at what the name stands for."""
        if of.op == "partial" and not of.args[0].axes:
            of = gradient(of.args[0], of.args[1], self.stands) or of
        if by not in self.stands or by in self.by:
            return build.partial(of, by)
        return derivative(of, by, self.stands)

    def lawful(self, varying: frozenset[Expr], free: frozenset[Expr]) -> Referee:
        """The same referee where declared laws hold by construction: what sums to one is u/sum(u)."""
        unfold = {e: value for e, value in self.stands.items() if e not in free and e not in varying}
        for left, _ in self.laws:
            one = left.args[0]
            if one in unfold or len(one.axes) != 1:
                continue
            share = build.name(f"{one}°", one.axes, ("positive",))
            unfold[one] = build.div(share, build.apply("sum", share))
        return Referee(Context(varying, unfold))

    def referee(self, varying: frozenset[Expr], free: frozenset[Expr]) -> Referee:
        """The referee where some names vary and some defined names are free."""
        key = (varying, free, bool(self.laws))
        if key not in self.referees:
            unfold = {e: value for e, value in self.stands.items() if e not in free and e not in varying}
            self.referees[key] = Referee(Context(varying, unfold, self.laws))
        return self.referees[key]

    # ---- terms

    def leaf(self, text: str, place: int) -> Expr:
        """A name as an expression. Raises Misfit."""
        return self.reading.leaf(self.reading.symbol(text, place))

    def value(self, term: Term, place: int) -> Expr:
        """A term as an expression. Raises Unread, Misfit and what constructors raise."""
        return Denoter(self.reading, place).value(term).make()
