"""The second strategy: entries, product and chain rule, Kronecker deltas, contraction, recognition.

It shares the rows of the operator table and the way networks are read back with the first strategy,
but no move across ":": a cotangent and a differential are laid out as one sum over indices, the
derivative of an entry by an entry is a delta, and the deltas rename what is left.
"""

from __future__ import annotations

from typing import NamedTuple

from gradproof.calculus.differential import LINEAR, differential
from gradproof.calculus.network.from_expression import spread
from gradproof.calculus.network.hadamard import hadamard
from gradproof.calculus.network.letters import letters as index_letters
from gradproof.calculus.network.network import Factor, Network
from gradproof.calculus.network.products import Scalars, assemble
from gradproof.calculus.network.to_expression import apart, open_axes, readback
from gradproof.calculus.simplify import gather
from gradproof.calculus.unknown_functions import Gradient
from gradproof.derivation.strategies.backpropagation import Section
from gradproof.derivation.strategies.products import products
from gradproof.errors import UnsupportedError
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Formula, Sentence, joined, say
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import T, add, construct, d, einsum, eye, num, ones, partial, size
from gradproof.operators.properties import symmetric

OUT = "pqrstuvw"
DUMMIES = "ijklmnabcdefgh"


class Entries(NamedTuple):
    """One name's contribution to another, by entries.

    whole     name (then `named`) or objective that is differentiated, and its right-hand side `body`
    variable  by what
    chain     Σ cotangent · ∂whole/∂variable, or None where the cotangent is 1
    deltas    the product rule applied: each differential a delta
    summed    the deltas contracted
    value     recognised as matrices
    letters   free indices
    why       what the product rule used
    note      why a factor enters transposed, or ""
    """

    whole: Expr
    named: bool
    body: Expr
    variable: Expr
    chain: Expr | None
    deltas: Expr
    summed: Expr
    value: Expr
    letters: tuple[str, ...]
    why: str
    note: str


class Components(NamedTuple):
    """A section by entries: one `Entries` for each pair of names on the way, and sums where they meet."""

    entries: tuple[Entries, ...]
    sums: tuple[tuple[Expr, tuple[Expr, ...], Expr], ...]  # name, contributions, total
    gradient: Expr


def by_components(section: Section, gradient: Gradient) -> Components:
    """Derive a section's contribution a second time, by entries."""
    lets = dict(section.lets)
    reach = _reaching(section)
    cotangents: dict[Expr, list[Expr]] = {}
    entries: list[Entries] = []
    sums: list[tuple[Expr, tuple[Expr, ...], Expr]] = []

    def visit(whole: Expr, body: Expr, cotangent: Expr, named: bool) -> None:
        for variable in _leaves(body, reach):
            made = _entries(whole, body, cotangent, variable, named, gradient)
            entries.append(made)
            cotangents.setdefault(variable, []).append(made.value)

    def total(whole: Expr) -> Expr:
        parts = cotangents[whole]
        if len(parts) == 1:
            return parts[0]
        sums.append((whole, tuple(parts), gather(parts, whole)))
        return sums[-1][2]

    visit(section.start, section.body, section.cotangent, section.named)
    for let in reversed([let for let in lets if let in reach]):
        if let in cotangents:
            visit(let, lets[let], total(let), named=True)
    found = total(section.target)
    return Components(tuple(entries), tuple(sums), found)


def _reaching(section: Section) -> set[Expr]:
    """The target and the abbreviations that depend on it."""
    reach = {section.target}
    for let, meaning in section.lets:
        if any(node in reach for node in postorder([meaning])):
            reach.add(let)
    return reach


def _leaves(body: Expr, reach: set[Expr]) -> list[Expr]:
    return [node for node in postorder([body]) if node in reach]


def _entries(
    whole: Expr, body: Expr, cotangent: Expr, variable: Expr, named: bool, gradient: Gradient
) -> Entries:
    whys: dict[Sentence, None] = {}
    opened = _open(d(body), whole if named else body, variable, gradient, whys)
    goal = d(variable)
    terms = products(opened, goal)
    letters = tuple(OUT[: len(variable.axes)])
    deltas, summed, values, notes = [], [], [], []
    for term in terms:
        net, hole = _lay_out(cotangent, term, goal)
        deltas.append(_index_sum(net, hole, letters, {}))
        renamed = dict(reversed(list(zip(hole.legs, letters, strict=True))))
        summed.append(_index_sum(net, hole, letters, renamed))
        bare = _without(net, hole)
        values.append(readback(bare, list(hole.legs), variable.row))
        notes.append(_note(bare, renamed, values[-1], variable))
    value = values[0] if len(values) == 1 else gather(values, variable)
    chain = _chain(cotangent, whole, variable, letters) if named and cotangent is not num(1) else None
    return Entries(
        whole, named, body, variable, chain, add(*deltas), add(*summed), value, letters,
        joined([why for why in whys if why != LINEAR] or whys), next((n for n in notes if n), ""),
    )  # fmt: skip


def _open(e: Expr, value: Expr, variable: Expr, gradient: Gradient, whys: dict[Sentence, None]) -> Expr:
    """Open every differential down to that of the variable."""
    inner = e.args[0]
    if inner is variable:
        return e
    active = _activity(inner, variable)
    move = differential(inner, lambda x: active[x], gradient, value)
    if not move.rule.startswith(("d-sum", "d-transpose", "d-linear")):
        whys[move.why] = None
    replace = {
        node: _open(node, node.args[0], variable, gradient, whys)
        for node in postorder([move.after], stop=lambda n: n.op == "d")
        if node.op == "d" and node.args[0] is not variable
    }
    return rebuild(move.after, replace, construct)


def _activity(e: Expr, variable: Expr) -> dict[Expr, bool]:
    active: dict[Expr, bool] = {}
    for node in postorder([e]):
        active[node] = node is variable or any(active[arg] for arg in node.args)
    return active


def _lay_out(cotangent: Expr, term: Expr, goal: Expr) -> tuple[Network, Factor]:
    """cotangent : term as one network; the differential's own factor is returned too."""
    net = Network()
    for a, b in zip(spread(net, cotangent), spread(net, term), strict=True):
        net.merge(a, b)
    net.settle()
    hole = next((factor for factor in net.factors if factor.expr is goal), None)
    if hole is None:  # below a reshape
        raise UnsupportedError(
            "index notation cannot say which axes a reshape makes; Frobenius notation can", code="GP505"
        )
    return net, hole


def _without(net: Network, hole: Factor) -> Network:
    bare = net.copy()
    bare.factors = [factor for factor in bare.factors if factor is not hole]
    return bare


def _index_sum(net: Network, hole: Factor, letters: tuple[str, ...], named: dict[int, str]) -> Expr:
    """The network as a sum over indices. `named` gives the letters of wires that deltas have renamed
    already, and is completed; a wire that still has another letter than the differential's gets a delta."""
    explicit = not named
    joins = open_axes(net, hole.legs)
    if any(leg in joins for leg in hole.legs):
        raise UnsupportedError(
            "index notation cannot take the variable's axes apart; Frobenius notation can", code="GP505"
        )
    dummies = index_letters(DUMMIES, OUT)
    args: list[Expr] = []
    texts: list[str] = []
    scalars: Scalars = {}
    for factor in net.factors:
        if factor is hole:
            continue
        if not factor.legs:
            scalars[factor.expr] = factor.power
            continue
        e, legs = apart(net, factor, joins)
        for leg in legs:
            if leg not in named:
                named[leg] = next(dummies)
        args.append(hadamard([(e, factor.power)]))
        texts.append("".join(named[leg] for leg in legs))
    for leg, letter in zip(hole.legs, letters, strict=True):
        if leg not in named:
            named[leg] = next(dummies) if explicit else letter
        if named[leg] != letter:
            args.append(eye(net.sizes[leg]))
            texts.append(named[leg] + letter)
    for letter, leg in zip(letters, hole.legs, strict=True):
        if not any(letter in text for text in texts):  # an index on which nothing depends
            args.append(ones(net.sizes[leg]))
            texts.append(letter)
    if texts == ["".join(letters)]:
        core: Expr | None = args[0]
    else:
        core = einsum(f"{','.join(texts)}->{''.join(letters)}", *args) if args else None
    return assemble(net.coefficient, scalars, core)


def _chain(cotangent: Expr, whole: Expr, variable: Expr, letters: tuple[str, ...]) -> Expr:
    dummies = DUMMIES[: len(whole.axes)]
    out = "".join(letters)
    return einsum(f"{dummies},{dummies}{out}->{out}", cotangent, partial(whole, variable))


def _note(net: Network, letters: dict[int, str], value: Expr, variable: Expr) -> str:
    """Why a factor stands transposed in a recognised product, from the indices it shares."""
    out = [wire for wire, letter in letters.items() if letter in OUT]
    for factor in net.factors:
        e = factor.expr
        if len(factor.legs) != 2 or e.op != "name" or symmetric(e):
            continue
        if not any(node.op == "T" and node.args[0] is e for node in postorder([value])):
            continue
        row, column = factor.legs
        beside = next(
            (o.expr for o in net.factors if o is not factor and row in o.legs and row not in out), None
        )
        if column in out and beside is not None and beside.op == "name":
            return _transposed(e, beside, letters[row], letters[column], variable)
    return ""


def _transposed(e: Expr, beside: Expr, row: str, column: str, variable: Expr) -> str:
    """The reason in words: the summed index must be the inner one."""
    left = column == OUT[0]
    turned, first = Formula((T(e),), f"{e}ᵀ"), size(symbol(row))
    if len(variable.axes) == 2:
        place = say("the row of {}" if left else "the column of {}", variable)
    else:
        place = say("the index of {}", variable)
    return say(
        "why {0}: the sum that is left runs over {1}, the first index of {2}. To stand beside the {1} of {3} "
        "it must be {2}'s {4} index, so {2} enters transposed. Its place {5} of {3} comes from {6}, {7}.",
        turned, first, e, beside, "second" if left else "first", "left" if left else "right",
        size(symbol(column)), place,
    )  # fmt: skip
