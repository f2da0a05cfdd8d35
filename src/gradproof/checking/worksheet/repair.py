"""What a wrong line should be: one edit of it that is proved, in its own notation, else our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gradproof.checking.repair.notation import Notation, level
from gradproof.checking.repair.search import Fix, Judge, mend
from gradproof.checking.repair.written_row import TERM, Factor, Row, alike, open_level
from gradproof.checking.worksheet.chain import Chain, Judged
from gradproof.checking.worksheet.diagnosis import missing
from gradproof.checking.worksheet.fingerprints import Prints
from gradproof.checking.worksheet.pairs import pair
from gradproof.elaboration.open_sizes import Lack, Parts, may_fit
from gradproof.elaboration.worksheet.reading import Reading
from gradproof.elaboration.worksheet.statement import Said
from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.language.syntax.precedence import ATOM, POWER
from gradproof.language.syntax.tree import Node
from gradproof.language.syntax.tree import postorder as parts_below
from gradproof.language.worksheet.row import Row as Line
from gradproof.operators.aliases import ALIASES
from gradproof.operators.build import T, add, d
from gradproof.operators.signs import relatives
from gradproof.operators.table import OPERATORS
from gradproof.patterns import Pattern
from gradproof.proof.semantics.context import Context
from gradproof.rendering.formula.formula import formula
from gradproof.verdicts import HOLDS

MOST_FACTORS, MOST_TERMS = 40, 16
_FACTORS = ("name", "T", "call", "slope", "map", "pow", "hpow", "differential", "index")
_SUMS = ("add", "sub", "neg")
_WORD = Pattern(r"(?<!\w)([a-z]\w*)\(")
Own = Callable[[Expr], Expr | None]


class Goal:
    """What a line has to say, and whether another right side says it."""

    def __init__(self, judged: Judged, chain: Chain) -> None:
        self.judged, self.chain = judged, chain
        self.before = judged.before
        if self.before is None and judged.variable is not None:
            whole = None if chain.objective is None else d(chain.objective)
            self.before = chain.differential if chain.differential is not None else whole
        self.array = judged.said.sort in ("hessian", "jacobian", "part")
        self.prints: dict[Expr, Prints] = {}
        self.varying = judged.varying

    @property
    def known(self) -> bool:
        """Whether there is something to compare with."""
        return self.before is not None or self.array

    def pairs(self, value: Expr) -> Iterator[tuple[Expr, Expr]]:
        """What would have to be equal, if the line said this value."""
        if self.judged.said.sort in ("hessian", "jacobian"):
            yield from self.chain.sides_of(self.judged.said, value)
            return
        if value is self.before and value.op == "d":
            return  # that says nothing
        if self.judged.said.sort == "part":
            yield from ((part, value) for part in self.chain.told(self.judged.said) if alike(part, value))
            return
        variable, before = self.judged.variable, self.before
        assert before is not None
        if variable is not None and alike(value, variable):
            yield before, pair(value, variable)
        elif alike(value, before):
            yield before, value

    def likely(self, value: Expr) -> bool:
        """Whether a value agrees at some points."""
        for before, after in self.pairs(value):
            varying = self.chain.variation(self.judged.said, self.varying)
            if before not in self.prints:
                unfold = {e: meant for e, meant in self.chain.stands.items() if e not in varying}
                self.prints[before] = Prints(before, Context(varying, unfold))
            same = self.prints[before].same(after)
            if same or (same is None and self.chain.likely(before, after, varying)):
                return True
        return False

    def holds(self, value: Expr) -> bool:
        """Whether it is proved, or as good as that."""
        varying = self.chain.variation(self.judged.said, self.varying)
        return any(self.chain.judge(a, b, varying).grade in HOLDS for a, b in self.pairs(value))


def mended(judged: Judged, reading: Reading, chain: Chain, own: Own) -> Fix | None:
    """A right side that is true: one edit of the line, else our own."""
    goal = Goal(judged, chain)
    if not goal.known:
        return None
    row = judged.said.row
    found = _one_edit(row, judged, reading, goal) or _one_term(row, judged, reading, goal)
    if found is not None:
        return found
    value = _from_scratch(judged, own)
    if value is None or not goal.holds(value):
        return None
    return Fix(written(value, row, _notation(row, reading)), value, "")


def written(value: Expr, row: Line, notation: Notation) -> str:
    """An expression in the notation of a line."""
    form = "latex" if row.latex else "text" if notation.unicode else ""
    return formula(value, format=form) if form else str(value)


def shown(value: Expr, row: Line, reading: Reading) -> str:
    """An expression as the lines of a derivation are written; as text, where they are LaTeX."""
    return str(value) if row.latex else written(value, row, _notation(row, reading))


def open_sizes(reading: Reading) -> Callable[[Said], bool]:
    """Whether a row that has no meaning could get one from sizes that it does not say."""

    def asked(said: Said) -> bool:
        text = _right(said.row)
        if "I" not in text and "reshape" not in text:
            return False
        try:
            return may_fit(reading.tree(said.row, text), reading.assembler())
        except GradproofError:
            return True

    return asked


def _right(row: Line) -> str:
    return row.text[row.right[0] : row.right[1]]


def _one_edit(row: Line, judged: Judged, reading: Reading, goal: Goal) -> Fix | None:
    text = _right(row).strip()
    try:
        parts = Parts(reading.tree(row, text), reading.assembler())
    except GradproofError:
        return None
    factors, terms, words = _meant(row, parts, reading)
    above = next((_right(said.row) for said in reversed(reading.said[: _place(row, reading)])), "")
    meant = Row(text, parts, _notation(row, reading), factors, terms, words, above)

    def value(new: str) -> Expr:
        said = reading.again(judged.said, new)
        found = said.paired if said.paired is not None else said.right
        assert found is not None
        return found

    whole = parts.values[parts.root]
    right = judged.said.right
    quick = right is None or whole is right or not (isinstance(whole, Expr) or whole is Lack.UNFIT)
    judge = Judge(lambda piece: reading.tree(row, piece), value, goal.likely, goal.holds)
    return mend(meant, judge, quick)


def _one_term(row: Line, judged: Judged, reading: Reading, goal: Goal) -> Fix | None:
    """The line with the term that it lacks."""
    right = judged.said.right
    if right is None or goal.array or judged.said.sort == "gradient":
        return None
    varying = goal.chain.variation(judged.said, judged.varying)
    notation, text = _notation(row, reading), _right(row).strip()
    for before, after in goal.pairs(right):
        found = missing(before, after, goal.chain, varying)
        if found is None:
            continue
        said = written(found, row, notation)
        minus, bare = (True, said[1:].strip()) if said[:1] in "-−" else (False, said)
        for sign in (f" {notation.minus} ", " + ") if minus else (" + ", f" {notation.minus} "):
            new = text + sign + bare
            try:
                value = reading.again(judged.said, new).right
            except GradproofError:
                continue
            if value is not None and goal.likely(value) and goal.holds(value):
                return Fix(new, value, f"the term {bare} is missing", TERM)
    return None


def _notation(row: Line, reading: Reading) -> Notation:
    others = [said.row for said in reading.said if said.row is not row]
    around = [other.text[other.left[0] : other.right[1]] for other in others]
    around.append(row.text[row.left[0] : row.left[1]])
    return Notation(_right(row), around, row.latex)


def _meant(row: Line, own: Parts, reading: Reading) -> tuple[list[Factor], list[Factor], list[str]]:
    """Factors, terms and functions that a person may have forgotten: those of the rows above and of this
    one, then the names that are known."""
    factors: dict[str, Factor] = {}
    terms: dict[str, Factor] = {}
    words: dict[str, None] = {}
    for text, parts in [(_right(row).strip(), own), *_above(row, reading)]:
        nodes = [node for node in parts_below(parts.root) if not _inner(node, parts)]
        for node in nodes:
            if node.closed or node.kind in _FACTORS:
                _note(factors, text[node.start : node.end], node, parts)
            above = None if node is parts.root else parts.above[node][0].kind
            if above in (None, *_SUMS) and node.kind not in _SUMS:
                _note(terms, text[node.start : node.end], node, parts)
    for said in reversed(reading.said):
        words.update(dict.fromkeys(word for word in _WORD.findall(said.row.text) if _forgettable(word)))
    for word in list(words):
        words.update(dict.fromkeys(relatives(word)))
    mark = _notation(row, reading)
    for text, e in _names(reading).items():
        factors.setdefault(text, Factor(text, ATOM, e))
    for one in [one for one in factors.values() if one.level == ATOM and one.value is not None]:
        assert one.value is not None
        if 0 < len(one.value.axes) <= 2:
            turned = mark.turned(one.text)
            factors.setdefault(turned, Factor(turned, ATOM, T(one.value)))
    return [*factors.values()][: 2 * MOST_FACTORS], [*terms.values()][:MOST_TERMS], [*words]


def _forgettable(word: str) -> bool:
    """Whether a word takes one array, and could have been forgotten."""
    found = OPERATORS.get(ALIASES.get(word, word))
    return found is not None and "," not in found.signatures[0] and word not in ("inv", "pinv", "T")


def _place(row: Line, reading: Reading) -> int:
    return [said.row for said in reading.said].index(row)


def _inner(node: Node, parts: Parts) -> bool:
    return node.kind in ("str", "end", "num")


def _note(found: dict[str, Factor], text: str, node: Node, parts: Parts) -> None:
    value = parts.of(node)
    if node.closed and open_level(node) >= POWER:
        text = text[1:-1].strip()
    if value is not None and text not in found:
        found[text] = Factor(text, level(node), value)


def _above(row: Line, reading: Reading) -> Iterator[tuple[str, Parts]]:
    """The rows above that have a right side, the nearest first."""
    rows, place = [said.row for said in reading.said], _place(row, reading)
    for other in reversed(rows[max(0, place - 2) : place]):
        text = _right(other).strip()
        try:
            yield text, Parts(reading.tree(other, text), reading.assembler())
        except GradproofError:
            continue


def _names(reading: Reading) -> Mapping[str, Expr]:
    known = [*reading.names.values(), *reading.stands]
    return {str(e): e for e in known if str(e).isidentifier()}


def _from_scratch(judged: Judged, own: Own) -> Expr | None:
    """Our own gradient, or the differential that it makes."""
    if judged.variable is not None:
        return own(judged.variable)
    if judged.said.sort == "part":
        return judged.before
    before = judged.before
    if before is not None and not before.axes and judged.varying and _changes(before):
        terms = [(v, own(v)) for v in sorted(judged.varying, key=str)]
        parts = [pair(gradient, v) for v, gradient in terms if gradient is not None]
        return add(*parts) if len(parts) == len(terms) else None
    return None


def _changes(e: Expr) -> bool:
    """Whether a differential stands in an expression."""
    return any(node.op == "d" for node in postorder([e]))
