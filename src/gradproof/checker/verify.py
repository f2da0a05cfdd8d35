"""Re-checks a certificate: each step, and that the answers are what the steps show."""

from __future__ import annotations

from typing import Any, NamedTuple

from gradproof.checker.document import document as read
from gradproof.checker.statement import line, statement
from gradproof.checker.step import recheck
from gradproof.checker.terms import Unchecked, Work, Wrong

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


def verify(text: str) -> Report:
    """Re-check a certificate, given as JSON text. Never raises: what is malformed is wrong."""
    try:
        document, work = read(text), Work()
        findings, axioms, laws = _steps(document, work)
        shown = tuple(_answer(document, findings, one, work) for one in document["answers"])
    except RecursionError:
        return _refused("no certificate: nested too deep")
    except Unchecked as problem:
        return _refused(f"no certificate: {problem}")
    except FAULTS as problem:
        return _refused(f"no certificate: {problem if isinstance(problem, Wrong) else 'it is malformed'}")
    if not shown:
        findings.append(Finding(0, "answer", "not re-checked", "it says nothing of an answer"))
    return Report(tuple(findings), tuple(sorted(axioms)), tuple(sorted(laws)), shown)


def _refused(why: str) -> Report:
    return Report((Finding(0, "", "wrong", why),))


def _steps(document: Json, work: Work) -> tuple[list[Finding], set[str], set[str]]:
    findings, axioms, laws = [], set(), set()
    names: dict[str, int] = {}
    for place, step in enumerate(document["steps"], 1):
        rule = step["rule"]
        try:
            more, met = recheck(document["nodes"], step, names, work)
            axioms |= more
            laws |= met
            findings.append(Finding(place, rule, "re-checked"))
        except RecursionError:
            findings.append(Finding(place, rule, "not re-checked", "nested too deep"))
        except Unchecked as problem:  # who claims to show a step knows how it is read
            word = "not re-checked" if "not" in step or work.left < 0 else "wrong"
            findings.append(Finding(place, rule, word, line(str(problem.args[0])[:200])))
        except FAULTS as problem:
            findings.append(Finding(place, rule, "wrong", line(str(problem)[:200])))
    return findings, axioms, laws


def _answer(document: Json, findings: list[Finding], answer: Json, work: Work) -> str:
    """What is shown of an answer: the statement of the step that names it, made from its nodes."""
    nodes, name = document["nodes"], answer["name"]
    step = document["steps"][answer["step"] - 1] if answer["step"] else None
    if step is None or "not" in step or not _speaks(nodes, step, answer):
        findings.append(Finding(0, "answer", "not re-checked", f"no step speaks of {name}"))
        return f"nothing of {name}"
    if findings[answer["step"] - 1].word != "re-checked":
        return f"nothing of {name}"
    return statement(nodes, step, work)


def _speaks(nodes: Json, step: Json, answer: Json) -> bool:
    """Whether a step says what an answer is: as its right side, there beside a differential, or as what the
    name of the answer stands for."""
    place, after = answer["node"], step["after"]
    beside = nodes[after].get("args", [])
    factor = place in beside and any(nodes[arg]["op"] == "d" for arg in beside)
    stands = any(b == place and nodes[a]["data"][0] == answer["name"] for a, b in step["unfold"])
    return place == after or factor or stands
