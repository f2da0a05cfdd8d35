"""The derivations of a text apart: a new one begins where a name that was differentiated is defined again,
and at a heading under which another objective is defined and differentiated."""

from __future__ import annotations

from gradproof.elaboration.worksheet.normalise import operated
from gradproof.elaboration.worksheet.statement import gradient_side
from gradproof.language.syntax.declarations import declarations
from gradproof.language.worksheet.row import Row


def apart(stretches: list[list[Row]]) -> list[list[Row]]:
    """The rows of each derivation, from the rows below each heading; declarations hold for all below."""
    out: list[list[Row]] = [[]]
    own: list[list[Row]] = []  # derivatives of what has no name: each a derivation of its own
    state = _State()
    for place, stretch in enumerate(stretches):
        if place and state.asked and state.begins(stretch):
            out += [*own, state.again(stretch)]
            own = []
        for row in stretch:
            made = operated(row)
            if len(made) > 1 or (own and own[-1][-1] is not None and _goes_on(row, own[-1])):
                own += [[*state.shared]] if len(made) > 1 else []
                own[-1] += made
                continue
            if state.defines_again(row):
                out += [*own, state.again([])]
                own = []
            state.see(row)
            out[-1].append(row)
    return [rows for rows in [*out, *own] if any(row.kind in ("step", "let") for row in rows)]


def _goes_on(row: Row, rows: list[Row]) -> bool:
    """Whether a row continues the last one of these."""
    return row.kind == "step" and not _name(row) and row.number - rows[-1].number <= 2


class _State:
    """What the rows of a derivation have said so far."""

    def __init__(self) -> None:
        self.shared: list[Row] = []
        self.defined: dict[str, str] = {}
        self.asked: set[str] = set()

    def see(self, row: Row) -> None:
        """One more row."""
        if row.kind in ("where", "spoken"):
            self.shared.append(row)
            return
        name = _name(row)
        gradient = gradient_side(name)
        if gradient is not None:
            self.asked.add(gradient[0] or next(reversed(self.defined), ""))
        elif name[:1] == "d":
            self.asked.add(name[1:].strip("()"))
        if name.isidentifier() and gradient is None and not (name[0] == "d" and len(name) > 1):
            self.defined[name] = row.text[row.right[0] : row.right[1]].strip()

    def defines_again(self, row: Row) -> bool:
        """Whether a row gives another meaning to a name that was differentiated."""
        name = _name(row)
        return row.kind == "step" and name in self.defined and name in self.asked

    def begins(self, stretch: list[Row]) -> bool:
        """Whether a stretch has an objective of its own, or declares names in another way."""
        below = _State()
        for row in stretch:
            below.see(row)
        own = {name for name in below.asked if name in below.defined or not name}
        own -= {name for name in own if self.defined.get(name) == below.defined.get(name)}
        shapes, new = _shapes(self.shared), _shapes(below.shared)
        return bool(own) or any(name in shapes and shapes[name] != shape for name, shape in new.items())

    def again(self, stretch: list[Row]) -> list[Row]:
        """Forget all but the declarations, of which those that follow win; the rows to begin with."""
        new = _shapes([row for row in stretch if row.kind in ("where", "spoken")])
        kept = [row for row in self.shared if not new.keys() & _shapes([row]).keys()]
        self.shared, self.defined, self.asked = kept, {}, set()
        return list(kept)


def _name(row: Row) -> str:
    return row.head or row.text[row.left[0] : row.left[1]].strip()


def _shapes(rows: list[Row]) -> dict[str, tuple[str, ...]]:
    """The shapes that rows declare, by name."""
    return {
        one.name: one.sizes
        for row in rows if row.kind in ("where", "spoken")
        for one in declarations(row.text, row.right) if one.sizes is not None
    }  # fmt: skip
