"""Certificates: what a derivation claims, with all that lets a small checker follow it.

All searching is done here. The checker reads the expressions itself, and only applies what it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from gradproof.checker.document import SCHEMA, VERSION, seal
from gradproof.checker.reading import Reader
from gradproof.checker.step import Settler, below, opened, prepare, recheck, shown_atoms
from gradproof.checker.step import equal as compare
from gradproof.checker.terms import Unchecked, poly, text, times
from gradproof.checker.verify import FAULTS
from gradproof.derivation.certificate.match import Search
from gradproof.derivation.exchange.json import Json, Nodes
from gradproof.derivation.story.claims import Claim
from gradproof.expressions.nodes import Expr, make
from gradproof.expressions.walk import postorder
from gradproof.operators.build import d

MOST_CUTS = 6
UNLIKE = "the terms of the two sides do not match"


class Proof(NamedTuple):
    """How a claim is shown: the JSON fields of its step, and why it is not, or ""."""

    fields: Json
    trouble: str


def certificate(question: str, answers: Mapping[str, Expr], claims: Iterable[Claim]) -> Json:
    """The certificate of a list of claims, as JSON data."""
    table, known = Nodes(), list(claims)
    found = [(name, *_answered(name, value, known)) for name, value in answers.items()]
    placed = [(claim, _placed(table, claim)) for claim in known]
    told = [{"name": name, "text": str(value), "node": table.place(value), "step": step}
            for name, value, step in found]  # fmt: skip
    steps = []
    for claim, fields in placed:
        proof = shown(table.entries, fields)
        said = {"not": proof.trouble} if proof.trouble else proof.fields
        steps.append({"rule": claim.rule, "why": claim.why, "text": _text(claim), **fields, **said})
    document = {
        "schema": SCHEMA, "version": VERSION, "question": question, "answers": told, "steps": steps,
        "nodes": table.entries,
    }  # fmt: skip
    return {**document, "digest": seal(document)}


def _answered(name: str, value: Expr, claims: list[Claim]) -> tuple[Expr, int]:
    """An answer, and the step (counted from 1) that shows it: the last that speaks of it. Where the claims
    have it in another form only, one more is added, with the answer as it is."""
    for step in range(len(claims), 0, -1):
        claim = claims[step - 1]
        beside = value in claim.after.args and any(arg.op == "d" for arg in claim.after.args)
        stands = any(str(named) == name and what is value for named, what in claim.unfold.items())
        if value is claim.after or beside or stands:
            return value, step
        if claim.rule in ("answer", "insert") and str(claim.after) == str(value):
            return claim.after, step
    for claim in reversed(claims):
        again = _again(claim, name.split(", ")[-1], value)
        if again is not None:
            claims.append(again)
            return value, len(claims)
    return value, 0


def _again(claim: Claim, name: str, value: Expr) -> Claim | None:
    """A claim about the derivative by a variable, with the derivative in another form."""
    variable = next((one for one in claim.varying if str(one) == name), None)
    if claim.rule != "answer" or variable is None or claim.before.row:
        return None
    rows = claim.before.axes
    if value.axes != (*rows, *variable.axes):
        return None
    letters = "ijklmnopqrstuvwxyz"[: len(value.axes)]
    spec = f"{letters},{letters[len(rows) :]}->{letters[: len(rows)]}"
    return claim._replace(after=make("einsum", (value, d(variable)), (spec,), rows))


def written(document: Json) -> str:
    """A certificate as text."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def _text(claim: Claim) -> str | None:
    return f"{claim.before} = {claim.after}" if len(postorder([claim.before, claim.after])) < 500 else None


def _placed(table: Nodes, claim: Claim) -> Json:
    """The nodes that a claim speaks of, those behind its names included."""
    unfold = _used(claim)
    return {
        "before": table.place(claim.before),
        "after": table.place(claim.after),
        "varying": sorted(table.place(name) for name in claim.varying),
        "unfold": sorted([table.place(name), table.place(what)] for name, what in unfold.items()),
    }


def _used(claim: Claim) -> dict[Expr, Expr]:
    there = postorder([claim.before, claim.after], unfold=claim.unfold)
    return {node: claim.unfold[node] for node in there if node in claim.unfold}


def shown(nodes: Sequence[Json], fields: Json) -> Proof:
    """What shows one claim; checked once by the checker itself before it is given away."""
    unfold = {a: b for a, b in fields["unfold"]}
    moving = [arg for top in below(nodes, unfold, [fields["before"], fields["after"]])
              if nodes[top]["op"] == "d" for arg in nodes[top]["args"]]  # fmt: skip
    closed = sorted(unfold.keys() - below(nodes, unfold, moving))
    ways = [closed, []] if closed else [[]]
    proof = Proof({}, UNLIKE)
    for deep in (False, True):
        for names in ways:
            if proof.trouble == UNLIKE or names is not closed:
                proof = _cut(nodes, {**fields, "closed": names}, deep)
            if not proof.trouble:
                return proof
        if proof.trouble != UNLIKE:
            break
    return proof


def _cut(nodes: Sequence[Json], fields: Json, deep: bool) -> Proof:
    """Cut axes where they are read in two ways."""
    cut: dict[str, list[str]] = {}
    for _ in range(MOST_CUTS):
        try:
            return _shown(nodes, {**fields, "cut": cut}, deep)
        except Unchecked as problem:
            more = _parts(*problem.args[1:]) if len(problem.args) == 3 else {}
            if not more or more.keys() & cut.keys():
                return Proof({}, str(problem.args[0]))
            cut = {**cut, **more}
        except RecursionError:
            return Proof({}, "nested too deep")
        except FAULTS as problem:
            return Proof({}, f"the checker cannot read it: {problem}")
    return Proof({}, "an axis that is read in two ways")


def _parts(one: Sequence[Any], other: Sequence[Any]) -> dict[str, list[str]]:
    """How to cut a size so that two readings of the same indices agree, or nothing."""
    a, b = _flat(one), _flat(other)
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    for x, y in ((a, b), (b, a)):
        if (
            x
            and y
            and x[-1].isdigit()
            and y[-1].isdigit()
            and int(x[-1]) % int(y[-1]) == 0
            and x[-1] != y[-1]
        ):
            return {x[-1]: [str(int(x[-1]) // int(y[-1])), y[-1]]}
        for count in range(2, len(y) + 1):
            for row, part in ((x[:1], y[:count]), (x[-1:], y[-count:])):
                if row and times(part) == poly(row[0]):
                    return {text(poly(row[0])): list(part)}
    return {}


def _flat(group: Sequence[Any]) -> list[str]:
    return [size for part in group for size in ([part] if isinstance(part, str) else part)]


def _shown(nodes: Sequence[Json], fields: Json, deep: bool) -> Proof:
    found = Search(opened(nodes, fields), fields["before"], fields["after"], deep).run()
    if found is None:
        return Proof({}, UNLIKE)
    try:
        step = {**fields, **found}
        step["atoms"] = shown_atoms(_replayed(nodes, step))
        recheck(nodes, step, {})
    except (*FAULTS, Unchecked) as problem:
        return Proof({}, f"no certificate was found: {problem}")
    return Proof({key: step[key] for key in step if key not in ("rule", "why", "text")}, "")


def _replayed(nodes: Sequence[Json], step: Json) -> Reader:
    """The reader, when a step was followed as the checker will."""
    reader = opened(nodes, step)
    left, right = reader.form(step["before"]), reader.form(step["after"])
    settler = Settler(reader)
    for one in step["equal"]:
        prepare(reader, settler, one)
    compare(left, right, step, settler)
    return reader
