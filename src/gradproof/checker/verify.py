"""Re-checks a certificate: each step, and that the answers are what the steps show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from gradproof.checker.step import below, recheck
from gradproof.checker.terms import Unchecked, Wrong
from gradproof.checker.words import spelled

SCHEMA, VERSION = "gradproof.certificate", 2
MOST_CHARACTERS, MOST_STEPS, MOST_SAID = 64_000_000, 100_000, 60
Json = Any
FAULTS = (
    Wrong, KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError,
)  # fmt: skip


class Finding(NamedTuple):
    """What came out for one step: "re-checked", "wrong" or "not re-checked", and why."""

    step: int
    rule: str
    word: str
    reason: str = ""


class Report(NamedTuple):
    """All findings, what was shown of the answers, and what the certificate relies on."""

    findings: tuple[Finding, ...]
    axioms: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """0: all re-checked. 1: a step is wrong. 3: some were not re-checked."""
        words = {finding.word for finding in self.findings}
        return 1 if "wrong" in words else 3 if "not re-checked" in words or not words else 0

    def __str__(self) -> str:
        if [f.step for f in self.findings] == [0]:
            return self.findings[0].reason
        good = sum(f.word == "re-checked" for f in self.findings)
        lines = [f"{f.step or 'all':>3}  {f.rule}  {f.word}{': ' if f.reason else ''}{f.reason}"
                 for f in self.findings if f.word != "re-checked"]  # fmt: skip
        lines += [f"shown: {said}" for said in self.shown]
        lines += [f"relies on: {said}" for said in (*self.axioms, *self.laws)]
        return "\n".join([*lines, f"{good} of {len(self.findings)} steps re-checked"])


def seal(document: Mapping[str, Json]) -> str:
    """A digest of all that a certificate says: it tells changed files, not who wrote them."""
    content = {key: value for key, value in document.items() if key != "digest"}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def verify(text: str) -> Report:
    """Re-check a certificate, given as JSON text. Never raises: what is malformed is wrong."""
    try:
        document = _document(text)
        findings, axioms, laws = _steps(document)
        shown = tuple(_answer(document, findings, one) for one in document["answers"])
    except RecursionError:
        return _refused("no certificate: nested too deep")
    except FAULTS as problem:
        return _refused(f"no certificate: {problem if isinstance(problem, Wrong) else 'it is malformed'}")
    return Report(tuple(findings), tuple(sorted(axioms)), tuple(sorted(laws)), shown)


def _refused(why: str) -> Report:
    return Report((Finding(0, "", "wrong", why),))


def _document(text: str) -> Json:
    if len(text) > MOST_CHARACTERS:
        raise Wrong(f"it has more than {MOST_CHARACTERS} characters")
    if not text.strip():
        raise Wrong("the file is empty")
    try:
        document = json.loads(text)
    except ValueError as problem:
        raise Wrong(f"it is not JSON, or the end is missing: {problem}") from problem
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise Wrong(f'it is other JSON: "schema" is not "{SCHEMA}"')
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        raise Wrong(
            f"it has version {version!r:.20}, and this is a checker of version {VERSION}: write it anew"
        )
    for field in ("answers", "steps", "nodes"):
        if not isinstance(document.get(field), list):
            raise Wrong(f'its "{field}" are missing')
    if document.get("digest") != seal(document):
        raise Wrong("it was changed after it was written: the digest is that of another text")
    for at, node in enumerate(document["nodes"]):
        if any(type(arg) is not int or not 0 <= arg < at for arg in node.get("args", [])):
            raise Wrong("a part that is defined after its use")
    if len(document["steps"]) > MOST_STEPS:
        raise Wrong(f"it has more than {MOST_STEPS} steps")
    return document


def _steps(document: Json) -> tuple[list[Finding], set[str], set[str]]:
    findings, axioms, laws = [], set(), set()
    for place, step in enumerate(document["steps"], 1):
        rule = str(step.get("rule", "")) if isinstance(step, dict) else ""
        try:
            more, met = recheck(document["nodes"], step)
            axioms |= more
            laws |= met
            findings.append(Finding(place, rule, "re-checked"))
        except RecursionError:
            findings.append(Finding(place, rule, "not re-checked", "nested too deep"))
        except Unchecked as problem:  # who claims to show a step knows how it is read
            word = "not re-checked" if "not" in step else "wrong"
            findings.append(Finding(place, rule, word, str(problem.args[0])))
        except FAULTS as problem:
            findings.append(Finding(place, rule, "wrong", f"{problem}"[:200]))
    return findings, axioms, laws


def _answer(document: Json, findings: list[Finding], answer: Json) -> str:
    """What is shown of an answer: the statement of the step that names it, made from its nodes."""
    nodes, step = document["nodes"], document["steps"][answer["step"] - 1]
    if answer["step"] < 1 or not _speaks(nodes, step, answer):
        findings.append(Finding(0, "answer", "not re-checked", f"no step speaks of {answer['name']}"))
        return f"nothing of {answer['name']}"
    if findings[answer["step"] - 1].word != "re-checked":
        return f"nothing of {answer['name']}"
    names = {nodes[a]["data"][0]: b for a, b in step["unfold"]}
    said = f"{_said(nodes, step['before'])} = {_said(nodes, step['after'])}"
    where = [f"{name} = {_said(nodes, b)}" for name, b in names.items()]
    where += [f"{nodes[at]['data'][0]} varies" for at in step["varying"]]
    return said + (f" where {', '.join(where)}" if where else "")


def _speaks(nodes: Json, step: Json, answer: Json) -> bool:
    """Whether a step says what an answer is: as its right side, there beside a differential, or as what the
    name of the answer stands for."""
    place, after = answer["node"], step["after"]
    beside = nodes[after].get("args", [])
    factor = place in beside and any(nodes[arg]["op"] == "d" for arg in beside)
    stands = any(b == place and nodes[a]["data"][0] == answer["name"] for a, b in step["unfold"])
    return place == after or factor or stands


def _said(nodes: Json, place: int) -> str:
    """A node as text; a large one by its number."""
    if len(below(nodes, {}, [place])) > MOST_SAID:
        return f"node {place}"

    def tree(at: int) -> Any:
        node = nodes[at]
        data, args = node.get("data", []), node.get("args", [])
        if node["op"] in ("name", "num", "size"):
            return str(data[0])
        word = "".join([node["op"], f"[{', '.join(map(str, data))}]" if data else ""])
        return (word, *map(tree, args)) if args else word

    return spelled(tree(place))
