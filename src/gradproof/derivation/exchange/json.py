"""Expressions and derivations to JSON and back.

A document has one table of nodes, arguments before users, each once; everything else speaks of
nodes by their place in it. Loading trusts nothing: every node is rebuilt with its shape checked,
so `load_expr(dump_expr(e)) is e`, and what is malformed is a ParseError (GP130). The form is
published in `schema.json`. Texts beside the nodes are for people and scripts; loading ignores them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from gradproof.derivation.exchange.nodes import fits, put, put_size
from gradproof.derivation.story.model import Line, Section, Step, Story
from gradproof.errors import ParseError, ShapeError
from gradproof.expressions import dims
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr, make
from gradproof.expressions.text import decimal
from gradproof.expressions.walk import count, postorder
from gradproof.operators.blocks import TRIANGLES
from gradproof.operators.sized_operators import NODES
from gradproof.operators.table import OPERATORS
from gradproof.proof.referee import recalled
from gradproof.verdicts import ORDER, Verdict

SCHEMA = "gradproof.derivation"
VERSION = 1
MOST_CHARACTERS = 16_000_000
LONGEST_TEXT = 20_000  # nodes written out: a larger expression has its nodes, and null for its text
_WORD = re.compile(r"[∂∇]?[^\W\d]\w{0,200}[′']{0,9}")
_NUMBER = re.compile(r"[0-9]{1,1000}(/[1-9][0-9]{0,999})?")
_SPEC = re.compile(r"[^\W\d_]*(,[^\W\d_]*)*->[^\W\d_]*")
_PROPERTY = re.compile(r"[a-z_]{1,40}")

Json = dict[str, Any]
T = TypeVar("T")


def dump_expr(e: Expr, indent: int | None = None) -> str:
    """An expression as JSON text."""
    table = Nodes()
    root = table.place(e)
    return _written({"kind": "expression", "root": root, "text": _text(e), "shape": e.shape}, table, indent)


def load_expr(text: str) -> Expr:
    """The expression that `dump_expr` wrote; raises ParseError (GP130) for anything else."""
    document = _document(text, "expression")
    return _Table(_field(document, "nodes")).node(_field(document, "root"))


class Towards(NamedTuple):
    """Steps to an answer in another form: the answer as typed, what is to be said, its verdict, the steps."""

    answer: str
    note: str
    verdict: Verdict
    steps: tuple[Step, ...]


def dump_story(
    story: Story, steps: Iterable[Step] = (), indent: int | None = None, towards: Towards | None = None
) -> str:
    """A derivation as JSON text.

    steps   the steps behind the story; without them the lines of the story are the steps
    towards  the steps from the answer to another form of it
    """
    table = Nodes()
    found = tuple(steps) or tuple(step for section in story.sections for step in steps_of(section))
    content = {"kind": "story", **_STORY.put(table, story), "steps": _each(_STEP).put(table, found)}
    for entry, (left, result) in zip(content["answers"], story.answers, strict=True):
        variable = left.args[1] if left.op in ("derivative", "partial") else left
        entry.update(variable=_text(variable), result=_text(result), shape=result.shape)
    if towards is not None:
        content["towards"] = _TOWARDS.put(table, towards)
    return _written(content, table, indent)


def load_story(text: str) -> Story:
    """The story that `dump_story` wrote; raises ParseError (GP130) for anything else."""
    document = _document(text, "story")
    found: Story = _STORY.take(_Table(_field(document, "nodes")), document)
    return found


def load_steps(text: str) -> tuple[Step, ...]:
    """The steps in what `dump_story` wrote."""
    document = _document(text, "story")
    found: tuple[Step, ...] = _taken(_each(_STEP), document, "steps")
    return found


def load_towards(text: str) -> Towards | None:
    """The steps to another form in what `dump_story` wrote, where there are any."""
    document = _document(text, "story")
    found: Towards | None = _taken(_TOWARDS, document, "towards") if "towards" in document else None
    return found


def _taken(form: _Form, document: Json, key: str) -> Any:
    table = _Table(_field(document, "nodes"))
    try:
        return form.take(table, _field(document, key))
    except RecursionError as problem:
        raise _bad("its steps are nested too deep") from problem


def steps_of(section: Section) -> tuple[Step, ...]:
    """The lines of a section as steps: from what stands before the = sign, or in the line above."""
    steps = []
    before: Expr | None = None
    for line in section.lines:
        steps.append(Step(line.left or before or line.right, line.right, line.rule, line.why, line.verdict))
        before = line.right
    return tuple(steps)


def _written(content: Json, table: Nodes, indent: int | None) -> str:
    whole = {"schema": SCHEMA, "version": VERSION, **content, "nodes": table.entries}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=indent)


def _document(text: str, kind: str) -> Json:
    if len(text) > MOST_CHARACTERS:
        raise _bad(f"it has more than {MOST_CHARACTERS} characters")
    try:
        document: object = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise _bad(f"it is not JSON: {problem}") from problem
    for key, wanted in (("schema", SCHEMA), ("version", VERSION), ("kind", kind)):
        found = _field(document, key)
        if type(found) is not type(wanted) or found != wanted:
            raise _bad(f'its "{key}" is {found!r:.60}, not {wanted!r}')
    assert isinstance(document, dict)
    return document


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is not a number here")


def _bad(why: str) -> ParseError:
    return ParseError(f"this is no derivation of gradproof: {why}", code="GP130")


def _field(value: object, key: str) -> Any:
    if not isinstance(value, dict) or key not in value:
        raise _bad(f'"{key}" is missing')
    return value[key]


def _text(e: Expr) -> str | None:
    return str(e) if count(e) <= LONGEST_TEXT else None


# ---- the table of nodes


class Nodes:
    """A table that grows as expressions are placed in it."""

    __slots__ = ("entries", "places")

    def __init__(self) -> None:
        self.entries: list[Json] = []
        self.places: dict[Expr, int] = {}

    def place(self, e: Expr) -> int:
        """The place of an expression, which is added where it is new."""
        for node in postorder([e], stop=self.places.__contains__):
            if node not in self.places:
                self.places[node] = len(self.entries)
                self.entries.append(self._entry(node))
        return self.places[e]

    def _entry(self, e: Expr) -> Json:
        fields = {
            "args": [self.places[arg] for arg in e.args],
            "data": [put(item) for item in e.data],
            "axes": list(map(put_size, e.axes)),
            "row": e.row,
        }
        return {"op": e.op, **{key: value for key, value in fields.items() if value}}


def _bound(item: object) -> tuple[Dim, ...] | None:
    """One place, a range, or everything along an axis."""
    if item is None:
        return None
    found = tuple(map(_load_size, _is(item, list)))
    if len(found) not in (1, 2):
        raise _bad("an index has one place or two ends")
    return found


def _whole(item: object) -> int:
    if type(item) is not int:
        raise _bad(f"{item!r:.60} is not a whole number")
    return item


_EMPTY: Json = {"args": [], "data": [], "axes": [], "row": False}


class _Table:
    """The nodes of a document, rebuilt one by one."""

    __slots__ = ("nodes",)

    def __init__(self, entries: object) -> None:
        self.nodes: list[Expr] = []
        for place, entry in enumerate(_is(entries, list)):
            try:
                self.nodes.append(self._rebuilt(_EMPTY | _is(entry, dict)))
            except ShapeError as problem:
                raise _bad(f"node {place}: {problem.message}") from problem

    def node(self, place: object) -> Expr:
        if type(place) is not int or not 0 <= place < len(self.nodes):
            raise _bad(f"there is no node {place!r:.60}")
        return self.nodes[place]

    def _rebuilt(self, entry: Json) -> Expr:
        op, row = _is(_field(entry, "op"), str), entry["row"]
        args = tuple(self.node(place) for place in _is(entry["args"], list))
        axes = tuple(map(_load_size, _is(entry["axes"], list)))
        items, loaders = _is(entry["data"], list), _DATA.get(op, ())
        if op == "gradof":  # by one argument or more
            loaders = (_word, _natural, *[_natural] * (len(items) - 2))
        if op == "slice" or op in NODES:
            loaders = (_bound if op == "slice" else _load_any_size,) * len(items)
        if len(items) != len(loaders) or type(row) is not bool or (row and len(axes) != 1):
            raise _bad(f"a node {op!r:.60} is malformed")
        data = tuple(load(item) for load, item in zip(loaders, items, strict=True))
        if not fits(op, args, data, axes, row):
            raise _bad(f"a node {op!r:.60} does not have the shape of its parts")
        return make(op, args, data, axes, row)


# ---- single values, checked


def _is(value: object, kind: type[T]) -> T:
    if type(value) is not kind:
        raise _bad(f"{value!r:.60} stands where a {kind.__name__} should")
    return value


def _matching(pattern: re.Pattern[str]) -> Callable[[object], str]:
    def load(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _bad(f"{value!r:.60} does not stand for anything here")
        return value

    return load


_word = _matching(_WORD)


def _natural(value: object) -> int:
    if not 0 <= _is(value, int) <= 1000:
        raise _bad(f"{value!r:.60} is not a small whole number")
    return _is(value, int)


def _number(value: object) -> Fraction:
    found = Fraction(_matching(_NUMBER)(value))
    try:
        decimal(found)
    except ValueError as problem:
        raise _bad(str(problem)) from problem
    return found


def _properties(value: object) -> tuple[str, ...]:
    found = tuple(map(_matching(_PROPERTY), _is(value, list)))
    if list(found) != sorted(found):
        raise _bad("the properties of a name are in alphabetical order")
    return found


def _elementwise(value: object) -> str:
    if not isinstance(value, str) or value not in OPERATORS:
        raise _bad(f"{value!r:.60} is no operator")
    return value


def _load_size(value: object) -> Dim:
    if type(value) is int and 0 <= value < 10**12:
        return dims.number(value)
    if isinstance(value, str):
        return dims.symbol(_word(value))
    total = dims.number(0)
    for term in _is(value, list):
        first, *rest = _is(term, list) or [None]
        if type(first) is not int or abs(first) >= 10**12:
            raise _bad(f"{first!r:.60} is not the coefficient of a size")
        product = dims.number(first)
        for factor in rest:
            product = product * dims.symbol(_word(factor))
        total = total + product
    return total


def _load_any_size(value: object) -> Dim:
    """A size, or how far something is moved."""
    back = type(value) is int and -(10**12) < value < 0
    return dims.number(value) if isinstance(value, int) and back else _load_size(value)


_DATA: dict[str, tuple[Callable[[object], Any], ...]] = {
    "name": (_word, _properties), "num": (_number,), "size": (_word,), "einsum": (_matching(_SPEC),),
    "unit": (_load_size,), **dict.fromkeys(TRIANGLES, (_whole,)), "commutation": (_load_size, _load_size),
    "slope": (_elementwise,), "map": (_word, _natural), "call": (_word,), "gradof": (_word, _natural),
}  # fmt: skip


# ---- the parts of a story, each described once for both directions


class _Form(NamedTuple):
    """How a value is put into a document, and taken from it."""

    put: Callable[[Nodes, Any], Any]
    take: Callable[[_Table, Any], Any]


def _each(form: _Form) -> _Form:
    return _Form(
        lambda table, values: [form.put(table, value) for value in values],
        lambda table, values: tuple(form.take(table, value) for value in _is(values, list)),
    )


def _record(make_one: Callable[..., Any], fields: dict[str, _Form], **texts: str) -> _Form:
    """A tuple as an object; `texts` names beside each key the field that it spells for people."""

    def put(table: Nodes, value: Any) -> Json:
        parts = dict(zip(fields, value, strict=True))
        spelled = {key: _text(parts[field]) for key, field in texts.items()}
        return {key: form.put(table, parts[key]) for key, form in fields.items()} | spelled

    def take(table: _Table, value: Any) -> Any:
        return make_one(*(form.take(table, _field(value, key)) for key, form in fields.items()))

    return _Form(put, take)


def _pair(*parts: Any) -> tuple[Any, ...]:
    return parts


def _verdict(grade: str, reason: str, example: object) -> Verdict:
    if grade not in ORDER:
        raise _bad(f"there is no grade {grade!r:.60}")
    return recalled(grade, reason, None if example is None else _is(example, dict))


_PLAIN = _Form(lambda table, value: value, lambda table, value: value)
_STRING = _Form(lambda table, value: value, lambda table, value: _is(value, str))
_NODE = _Form(lambda table, e: table.place(e), lambda table, value: table.node(value))
_MAYBE = _Form(
    lambda table, e: None if e is None else table.place(e),
    lambda table, value: None if value is None else table.node(value),
)
_GRADE = _record(_verdict, {"grade": _STRING, "reason": _STRING, "counterexample": _PLAIN})
_VERDICT = _Form(
    lambda table, one: _GRADE.put(table, (one.grade, one.reason, one.counterexample)), _GRADE.take
)
_EQUATION = _record(_pair, {"left": _NODE, "right": _NODE}, text="right")
_KNOWN = _record(_pair, {"name": _NODE, "how": _STRING}, text="name")
_LINE = _record(Line, {
    "left": _MAYBE, "right": _NODE, "why": _STRING, "rule": _STRING, "verdict": _VERDICT,
    "indices": _each(_STRING),
}, text="right")  # fmt: skip
_PART = _Form(lambda table, step: _STEP.put(table, step), lambda table, value: _STEP.take(table, value))
_STEP: _Form = _record(
    Step,
    {"from": _NODE, "to": _NODE, "rule": _STRING, "why": _STRING, "verdict": _VERDICT, "parts": _each(_PART)},
    before="from",
    after="to",
)
_TOWARDS = _record(Towards, {"answer": _STRING, "note": _STRING, "verdict": _VERDICT, "steps": _each(_STEP)})
_SECTION = _record(Section, {
    "title": _STRING, "lets": _each(_EQUATION), "lines": _each(_LINE), "conclusion": _EQUATION,
    "note": _STRING,
})  # fmt: skip
_STORY = _record(Story, {
    "understood": _each(_KNOWN), "functions": _each(_STRING), "statements": _each(_EQUATION),
    "sections": _each(_SECTION), "answers": _each(_EQUATION), "conditions": _each(_STRING),
    "verdict": _VERDICT, "layout": _STRING, "forms": _each(_EQUATION), "remark": _STRING,
})  # fmt: skip
