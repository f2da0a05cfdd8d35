"""The law of derivatives of matrix functions in directions that commute: f'(N; E) = f'(N)·E.

In a term it says that two series of powers of one N, with weights between them, close up where the
product between them is a function of N. And the law of roots: sqrtm(N)·sqrtm(N) = N.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gradproof.proof.normal_form.terms.data import Atom, Form, Network, Terms, Workspace
from gradproof.proof.normal_form.terms.matching import Pattern, find


class Series(NamedTuple):
    """What is known of the powers of a matrix N.

    slopes    for each atom of weights the matrix f'(N), on the legs of the series
    forms     matrices of which N is a function, N first
    patterns  those of them that are single products
    """

    slopes: dict[int, Form]
    forms: tuple[Form, ...]
    patterns: tuple[Pattern, ...]


class _Ends(NamedTuple):
    """One series from `outer` to `inner`, what is between, the other from `far` to `end`."""

    outer: int
    inner: int
    far: int
    end: int


def weights(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """Two series of one N with weights between them, and what commutes with N."""
    _, (r, s), e = net.factors[index]
    found = [k for k, f in enumerate(net.factors) if work.atoms[f[0]].kind == "series" and f[1][2] in (r, s)]
    if len(found) != 2 or e != 1 or r == s:
        return None
    first, second = (net.factors[k] for k in found)
    if first[0] != second[0] or first[2] != 1 or second[2] != 1:
        return None
    known = work.atoms[first[0]].knows(Series)
    slope = None if known is None else known.slopes.get(atom.uid)
    if known is None or slope is None:
        return None
    for ends in _ways(first[1][:2], second[1][:2], work.atoms[first[0]].slots is not None):
        used = {index, *found}
        chain = _walk(work, net, known, ends, used)
        if chain is not None:
            return _closed(work, net, used, ends, slope, (r, s), bool(chain))
    return None


def _ways(a: tuple[int, ...], b: tuple[int, ...], symmetric: bool) -> Iterator[_Ends]:
    """The ways in which one series can be followed by the other."""
    for x, y in ((a, b), (b, a)):
        yield _Ends(x[0], x[1], y[0], y[1])
        if symmetric:
            yield _Ends(x[0], x[1], y[1], y[0])
            yield _Ends(x[1], x[0], y[0], y[1])


def _walk(work: Workspace, net: Network, known: Series, ends: _Ends, used: set[int]) -> set[int] | None:
    """The factors between the two series, where they are functions of N and nothing else is there."""
    outs, chain, v = set(net.outs), set[int](), ends.inner
    while True:
        if v in outs:
            return None
        here = {k for k, f in enumerate(net.factors) if v in f[1]} - used - chain
        if v == ends.far:
            return None if here or ends.inner in (ends.outer, ends.end) else chain
        step = _step(work, net, known, v, here)
        if step is None or step[1] in (ends.outer, v) or step[0] & (used | chain):
            return None
        chain |= step[0]
        v = step[1]


def _step(
    work: Workspace, net: Network, known: Series, v: int, here: set[int]
) -> tuple[set[int], int] | None:
    """One function of N, from the vertex v on."""
    if len(here) == 1:
        (k,) = here
        uid, legs, e = net.factors[k]
        turn = _function_of(work, uid, known) if e == 1 and len(legs) == 2 else 0
        both = work.atoms[uid].slots is not None
        if turn and (both or legs[0 if turn > 0 else 1] == v):
            return {k}, legs[0] + legs[1] - v
    for what in known.patterns if here else ():
        match = find(work, net, what, {what.ends[0]: v})
        if match is not None and here <= set(match.used) and all(left == 0 for left in match.used.values()):
            return set(match.used), match.where[what.ends[1]]
    return None


def _function_of(work: Workspace, uid: int, known: Series) -> int:
    """1 for a function of N, -1 for the transpose of one, 0 for what is not known to be any."""
    atom = work.atoms[uid]
    if atom.kind not in ("mfun", "inv") or len(atom.sizes) != 2:
        return 0
    argument = atom.forms[0]
    if any(form.frozen(work) == argument.frozen(work) for form in known.forms):
        return 1
    if len(argument.terms) != 1:
        return 0
    (((_, pieces), _),) = argument.terms.items()
    if len(pieces) != 1 or len(pieces[0][1]) != 1 or pieces[0][1][0][2] != 1:
        return 0
    inner, vertices, _ = pieces[0][1][0]
    upright = 1 if len(vertices) == 2 and dict(pieces[0][2])[0] == vertices[0] else -1
    return upright * _function_of(work, inner, known)


def series(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """N^r·f(N) = f(N)·N^r: functions of N stand before its powers."""
    uid, legs, e = net.factors[index]
    row, joint = legs[:2]
    k = _only_matrix_at(net, joint, index)
    if k is None or atom.slots is not None or e != 1 or row in net.factors[k][1]:
        return None
    other, (first, second), _ = net.factors[k]
    known = atom.knows(Series)
    turn = 0 if known is None else _function_of(work, other, known)
    if not turn or (first if turn > 0 else second) != joint:
        return None
    far = second if turn > 0 else first
    if any(uid == f[0] and far in f[1][:2] for f in net.factors):
        return None
    new = net.copy()
    between = new.vertex(atom.sizes[0])
    new.sizes[joint] = None
    new.factors[k] = (other, (row, between) if turn > 0 else (between, row), 1)
    new.factors[index] = (uid, (between, far, legs[2]), 1)
    return [new]


def _only_matrix_at(net: Network, joint: int, index: int) -> int | None:
    """The one matrix that shares a summed vertex with a factor."""
    there = [k for k, (_, vertices, _) in enumerate(net.factors) if joint in vertices and k != index]
    if joint in net.outs or len(there) != 1:
        return None
    _, vertices, power = net.factors[there[0]]
    return there[0] if power == 1 and len(vertices) == 2 and vertices[0] != vertices[1] else None


def _closed(
    work: Workspace,
    net: Network,
    used: set[int],
    ends: _Ends,
    slope: Form,
    between: tuple[int, int],
    chained: bool,
) -> Terms:
    base = net.copy()
    base.factors = [f for k, f in enumerate(net.factors) if k not in used]
    for vertex in between:
        base.sizes[vertex] = None
    legs = (ends.outer, ends.inner if chained else ends.end)
    if chained:
        base.join(ends.far, ends.end)
    else:
        base.sizes[ends.inner] = None
    work.room(len(slope.terms))
    out = []
    for key, c in slope.terms.items():
        new = base.copy(c)
        new.insert(key, legs)
        out.append(new)
    return out


def root(work: Workspace, net: Network, index: int, atom: Atom) -> Terms | None:
    """sqrtm(N)·sqrtm(N) = N."""
    uid, legs, e = net.factors[index]
    for place in (0, 1):
        joint, far = legs[place], legs[1 - place]
        there = [k for k, (_, vertices, _) in enumerate(net.factors) if joint in vertices]
        if joint in net.outs or joint == far or len(there) != 2 or e != 1:
            continue
        second = there[0] + there[1] - index
        other, vertices, power = net.factors[second]
        if other != uid or power != 1 or vertices[0] == vertices[1]:
            continue
        if atom.slots is None and vertices[1 - place] != joint:
            continue
        end = vertices[0] + vertices[1] - joint
        base = net.copy()
        base.factors = [f for k, f in enumerate(net.factors) if k not in (index, second)]
        base.sizes[joint] = None
        out = []
        for key, c in atom.forms[0].terms.items():
            new = base.copy(c)
            new.insert(key, (far, end) if place == 1 else (end, far))
            out.append(new)
        return out
    return None
