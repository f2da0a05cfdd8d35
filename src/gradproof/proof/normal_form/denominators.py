"""Prove that a sum is zero by multiplying with what cannot be zero: denominators, and the arguments of
inverses that stand at an output.

    s^-1·a + b = 0     if  a + s·b = 0
    inv(N)·A + B = 0   if  A + N·B = 0
"""

from __future__ import annotations

from gradproof.proof.normal_form.terms.budget import Undecided
from gradproof.proof.normal_form.terms.coefficients import changes, coefficient, hidden_changes
from gradproof.proof.normal_form.terms.collect import collect
from gradproof.proof.normal_form.terms.data import Form, Key, Network, Workspace
from gradproof.proof.normal_form.terms.exponents import Exponent, Number, level, tidy, times


def vanishes(work: Workspace, form: Form) -> bool:
    """True where the sum was proved to be zero."""
    if not form.terms:
        return True
    moving = changes(work, form)
    if not moving:
        return _cleared(work, form)
    _linear_in(work, form, moving)
    return all(_beside(work, form, uid) for uid in moving)


def _beside(work: Workspace, form: Form, uid: int) -> bool:
    """True where what stands beside one d(W) is zero; the d(W) are independent, so all must be."""
    atom = work.atoms[uid]
    axes = tuple((size,) for size in atom.sizes)
    return _cleared(work, coefficient(work, form, uid, axes))


def _linear_in(work: Workspace, form: Form, moving: list[int]) -> None:
    """Every term must have exactly one of the atoms, and none inside an argument."""
    if hidden_changes(work, form):
        raise Undecided("a differential inside an argument")
    total = 0
    for uid in moving:
        for key, c in form.terms.items():
            alone = coefficient(
                work, Form(form.axes, {key: c}), uid, tuple((s,) for s in work.atoms[uid].sizes)
            )
            total += bool(alone.terms)
    if total != len(form.terms):
        raise Undecided("not linear in the differentials")


def _cleared(work: Workspace, form: Form) -> bool:
    """A search: which inverse to clear first matters, and is not known in advance."""
    stack, tries = [(form, work.budget.rounds)], 0
    while stack and tries < work.budget.tries:
        form, rounds = stack.pop()
        tries += 1
        if not form.terms:
            return True
        if rounds == 0:
            continue
        further = _clear_power(work, form)
        choices = [further] if further is not None else _clear_inverse(work, form)
        if any(not choice.terms for choice in choices):
            return True
        stack.extend((choice, rounds - 1) for choice in reversed(choices))
    return False


# ---- denominators


Spot = tuple[int, tuple[int, ...]]  # an atom and the output positions on which it stands


def _clear_power(work: Workspace, form: Form) -> Form | None:
    """Multiply by a frozen sum that stands below 1 somewhere, on scalars or outputs only."""
    worst: dict[Spot, Exponent] = {}
    for key in form.terms:
        for spot, e in _powers(work, key):
            if level(e) < 0 and (spot not in worst or level(e) < level(worst[spot])):
                worst[spot] = e
    if not worst:
        return None
    spot = max(worst)
    return _times_power(work, form, spot, times(-1, worst[spot]))


def _powers(work: Workspace, key: Key) -> list[tuple[Spot, Exponent]]:
    scalars, pieces = key
    out: list[tuple[Spot, Exponent]] = [
        ((uid, ()), e) for uid, e in scalars if work.atoms[uid].kind == "form"
    ]
    for _, factors, outs in pieces:
        where: dict[int, int] = {}
        for position, v in outs:
            where.setdefault(v, position)
        for uid, vertices, e in factors:
            if work.atoms[uid].kind == "form" and all(v in where for v in vertices):
                out.append(((uid, tuple(where[v] for v in vertices)), e))
    return out


def _times_power(work: Workspace, form: Form, spot: Spot, e: Exponent) -> Form:
    uid, positions = spot
    terms: dict[Key, Number] = {}
    for key, c in form.terms.items():
        net = Network(form.sizes, range(len(form.sizes)), c)
        net.insert(key, range(len(form.sizes)))
        if positions:
            net.factors.append((uid, positions, e))
        else:
            net.scalar(uid, e)
        collect(work, [net], terms)
    return Form(form.axes, terms)


# ---- inverses


def _clear_inverse(work: Workspace, form: Form) -> list[Form]:
    """Multiply, at one output, by the argument of an inverse that stands there alone. All choices: those
    of the longest sum first, because shorter ones may be inside of it."""
    found = {end for key in form.terms for end in _inverse_ends(work, key)}
    best = sorted(found, key=lambda end: (len(work.atoms[end[0]].forms[0].terms), end), reverse=True)
    return [_times_argument(work, form, *end) for end in best]


def _inverse_ends(work: Workspace, key: Key) -> list[tuple[int, int, int]]:
    """(atom, output position, leg) of inverses whose leg is an output and nothing else."""
    out = []
    for _, factors, outs in key[1]:
        ends = [v for _, v in outs]
        for uid, vertices, e in factors:
            if work.atoms[uid].kind != "inv" or e != 1 or len(vertices) != 2:
                continue
            for leg, v in enumerate(vertices):
                alone = sum(v in others for _, others, _ in factors) == 1 and ends.count(v) == 1
                if alone and vertices[0] != vertices[1]:
                    position = next(p for p, w in outs if w == v)
                    symmetric = work.atoms[uid].slots is not None
                    out.append((uid, position, 0 if symmetric else leg))
    return out


def _times_argument(work: Workspace, form: Form, uid: int, position: int, leg: int) -> Form:
    """The form with N (or N') multiplied to one output; inv(N) there is simply taken away."""
    argument = work.atoms[uid].forms[0]
    size = form.sizes[position]
    terms: dict[Key, Number] = {}
    for key, c in form.terms.items():
        net = Network([*form.sizes, size], range(len(form.sizes)), c)
        old, new = position, len(form.sizes)
        net.insert(key, range(len(form.sizes)))
        if _taken(work, net, uid, position, leg):
            net.sizes[new] = None
            collect(work, [net], terms)
            continue
        net.outs[position] = new
        nets = []
        for term, k in argument.terms.items():
            one = net.copy(k)
            one.insert(term, (new, old) if leg == 0 else (old, new))
            nets.append(one)
        collect(work, nets, terms)
    return Form(form.axes, {key: tidy(c) for key, c in terms.items()})


def _taken(work: Workspace, net: Network, uid: int, position: int, leg: int) -> bool:
    """Remove inv(N) from the output, where it stands there alone."""
    factors = [(other, tuple(net.find(v) for v in vertices), e) for other, vertices, e in net.factors]
    here = net.find(position)
    touching = [index for index, (_, vertices, _) in enumerate(factors) if here in vertices]
    if len(touching) != 1 or sum(net.find(v) == here for v in net.outs) != 1:
        return False
    other, vertices, e = factors[touching[0]]
    if other != uid or e != 1 or vertices[0] == vertices[1]:
        return False
    symmetric = work.atoms[uid].slots is not None
    if not symmetric and vertices[leg] != here:
        return False
    net.factors.pop(touching[0])
    net.outs[position] = vertices[1] if vertices[0] == here else vertices[0]
    net.sizes[here] = None
    return True
