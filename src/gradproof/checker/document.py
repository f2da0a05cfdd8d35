"""Reads the text of a certificate: JSON within bounds, one node and one meaning for each name.

What is read here is only looked at for its form. That it is true is the business of `step`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NoReturn

from gradproof.checker.terms import Wrong, poly
from gradproof.checker.words import SIZED, known

SCHEMA, VERSION = "gradproof.certificate", 2
MOST_CHARACTERS, MOST_VALUES, MOST_STEPS, MOST_ANSWERS = 16_000_000, 3_000_000, 100_000, 1_000
Json = Any

# The whole of each text is matched, so that nothing that a report prints can look like another line of it.
WORD = re.compile(r"[∂∇]?[^\W\d]\w{0,199}[′']{0,9}")
NUMBER = re.compile(r"-?[0-9]{1,1000}(/[1-9][0-9]{0,999})?")
RULE = re.compile(r"[a-z][A-Za-z0-9_-]{0,60}(, [a-z][A-Za-z0-9_-]{0,60}){0,20}")
SPEC = re.compile(r"[^\W\d_]{0,40}(,[^\W\d_]{0,40}){0,100}->[^\W\d_]{0,40}")


def document(text: str) -> Json:
    """The certificate that a text is. Raises Wrong, with what is malformed."""
    if len(text) > MOST_CHARACTERS:
        raise Wrong(f"it has more than {MOST_CHARACTERS} characters")
    if sum(map(text.count, "[{,")) > MOST_VALUES:
        raise Wrong(f"it has more than {MOST_VALUES} values")
    if not text.strip():
        raise Wrong("the file is empty")
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_constant)
    except ValueError as problem:
        raise Wrong(f"it is not JSON, or the end is missing: {problem}") from problem
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise Wrong(f'it is other JSON: "schema" is not "{SCHEMA}"')
    version = found.get("version")
    if version != VERSION or isinstance(version, bool):
        raise Wrong(
            f"it has version {version!r:.20}, and this is a checker of version {VERSION}: write it anew"
        )
    for field, most in (("answers", MOST_ANSWERS), ("steps", MOST_STEPS), ("nodes", MOST_VALUES)):
        if not isinstance(found.get(field), list):
            raise Wrong(f'its "{field}" are missing')
        if len(found[field]) > most:
            raise Wrong(f"it has more than {most} {field}")
    if found.get("digest") != seal(found):
        raise Wrong("it was changed after it was written: the digest is that of another text")
    _nodes(found["nodes"])
    for step in found["steps"]:
        _matches(RULE, step["rule"], "the name of a rule")
    for answer in found["answers"]:
        for name in str(answer["name"]).split(", "):
            _matches(WORD, name, "a name")
        place(answer["node"], found["nodes"])
        if type(answer["step"]) is not int or not 0 <= answer["step"] <= len(found["steps"]):
            raise Wrong("an answer of a step that is not there")
    return found


def seal(found: Mapping[str, Json]) -> str:
    """A digest of all that a certificate says: it tells changed files, not who wrote them."""
    content = {key: value for key, value in found.items() if key != "digest"}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def place(at: Json, nodes: Sequence[Json]) -> int:
    """A place in the table of nodes."""
    if type(at) is not int or not 0 <= at < len(nodes):
        raise Wrong("a part that is not in the table")
    return at


def _once(pairs: Sequence[tuple[str, Json]]) -> Json:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Wrong("a field that is written twice")
    return made


def _constant(word: str) -> NoReturn:
    raise Wrong(f"{word} is no number")


def _matches(pattern: re.Pattern[str], text: Json, what: str) -> None:
    if not isinstance(text, str) or pattern.fullmatch(text) is None:
        raise Wrong(f"{what} that is no such thing: {text!r:.60}")


# ---- the table of nodes


def _nodes(nodes: Sequence[Json]) -> None:
    """Each node speaks of earlier ones, each function has one shape, and no name of an array."""
    names: set[str] = set()
    functions: dict[str, Json] = {}
    for at, node in enumerate(nodes):
        op, args, data = node["op"], node.get("args", []), node.get("data", [])
        _matches(WORD, op, "an operator")
        if any(type(arg) is not int or not 0 <= arg < at for arg in args):
            raise Wrong("a part that is defined after its use")
        for size in node.get("axes", []):
            _size(size)
        DATA.get(op, _nothing if known(op) else _anything)(data)
        if op == "name":
            names.add(data[0])
        elif op in ("call", "gradof"):
            shape = _signature(nodes, node, args, data)
            if functions.setdefault(data[0], shape) != shape:
                raise Wrong(f"two functions of the name {data[0]}")
    if both := sorted(names & functions.keys()):
        raise Wrong(f"{both[0]} is a function and a name")


def _signature(nodes: Sequence[Json], node: Json, args: Sequence[int], data: Sequence[Json]) -> Json:
    """The axes of the value and of each argument of an unknown function, read off one of its derivatives."""
    shapes = [[_read(size) for size in nodes[arg].get("axes", [])] for arg in args]
    axes = [_read(size) for size in node.get("axes", [])]
    by = [axis for position in sorted(data[1:]) for axis in shapes[position]]
    if by != axes[len(axes) - len(by) :]:
        raise Wrong(f"the derivative of {data[0]} does not have the axes of its argument")
    return axes[: len(axes) - len(by)], shapes


def _read(size: Json) -> list[tuple[tuple[str, ...], int]]:
    return sorted(poly(size).items())


def _size(size: Json) -> None:
    """A size: a symbol, a whole number, or a list of products [coefficient, symbol, …]."""
    rows = size if isinstance(size, list) else [[1, size] if isinstance(size, str) else [size]]
    if len(rows) > 100:
        raise Wrong("a size of more than 100 terms")
    for row in rows:
        if not isinstance(row, list) or type(row[0]) is not int or abs(row[0]) > 10**9 or len(row) > 40:
            raise Wrong("a size that is none")
        for symbol in row[1:]:
            _matches(WORD, symbol, "a size")


def _sizes(data: Sequence[Json]) -> None:
    for size in data:
        _size(size)


def _name(data: Sequence[Json]) -> None:
    name, properties = data
    for word in (name, *properties):
        _matches(WORD, word, "a name")


def _word(data: Sequence[Json]) -> None:
    word, *numbers = data
    _matches(WORD, word, "a name")
    if any(type(number) is not int or not 0 <= number < 100 for number in numbers) or len(numbers) > 10:
        raise Wrong("an order of a derivative that is none")


def _number(data: Sequence[Json]) -> None:
    (number,) = data
    _matches(NUMBER, number, "a number")


def _bounds(data: Sequence[Json]) -> None:
    for bound in data:
        _sizes(bound or ())


def _spec(data: Sequence[Json]) -> None:
    (spec,) = data
    _matches(SPEC, spec, "a contraction")


def _nothing(data: Sequence[Json]) -> None:
    if data:
        raise Wrong("an operator with data that it does not have")


def _anything(data: Sequence[Json]) -> None:
    """A word that the checker does not know: no step that reads it is re-checked."""


DATA: Mapping[str, Callable[[Sequence[Json]], None]] = {
    "name": _name, "num": _number, "call": _word, "gradof": _word, "map": _word, "slope": _word,
    "slice": _bounds, "einsum": _spec, "size": _sizes, **dict.fromkeys(SIZED, _sizes),
}  # fmt: skip
