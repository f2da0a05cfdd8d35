"""Which names a document defines, where, and as what."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradproof.elaboration.document.model import Chain
from gradproof.elaboration.document.symbols import Definition
from gradproof.language.document.tree import Term, walk

_WHERE = re.compile(r"\b(?:where|with|here|given|using|denot\w+)\b|⟨⟩\s*,?\s*(?:and)?\s*$", re.IGNORECASE)
_ANEW = re.compile(
    r"\b(?:let|define|now|consider|suppose|for|set|put|denote|another|second|example|instead)\b",
    re.IGNORECASE,
)


def definitions_of(chains: Sequence[Chain]) -> dict[str, list[Definition]]:
    """The definitions of each name, in order."""
    out: dict[str, list[Definition]] = {}
    varied: set[str] = set()
    for chain in chains:
        found = _defined(chain)
        explained = _anew(chain) or bool(_WHERE.search(chain.words[-60:]))
        if found is not None and found[0] in varied and found[0] not in out and not explained:
            found = None
        varied |= _varied(chain)
        again = found is not None and found[0] in out
        if found is not None and again and found[1] and not out[found[0]][-1].indices:
            continue  # the same by entries
        if found is not None and (not again or _again(chain, out[found[0]][-1], chains)):
            name, indices, params, body = found
            _define(out, name, indices, params, body, chain.place)
        for side, before in zip(chain.sides[1:], chain.sides, strict=False):
            if (
                side.sign == "=:"
                and side.term is not None
                and side.term.kind == "name"
                and before.term is not None
            ):
                indices = tuple(item.text for item in side.term.args)
                _define(out, side.term.text, indices, (), before.term, chain.place)
    _implied(out, chains)
    return out


def _again(chain: Chain, before: Definition, chains: Sequence[Chain]) -> bool:
    """Whether a name that has a meaning gets another one here, and no equation about it is meant."""
    return chain.section != chains[before.place].section or _anew(chain)


def _anew(chain: Chain) -> bool:
    """Whether the words before a chain introduce something."""
    return bool(_ANEW.search(chain.words[-40:]))


def _varied(chain: Chain) -> set[str]:
    """The names that a chain differentiates by."""
    out = set()
    for side in chain.sides:
        for part in walk(side.term) if side.term is not None else ():
            if part.kind == "derivative":
                out |= {one.text for one in part.args[1:]}
                if part.args[0].kind == "call" and len(part.args) == 1:
                    out |= {one.text for one in part.args[0].args}
            elif part.kind == "d":
                out |= {one.text for one in part.args if one.kind == "name"}
    return out


def _implied(out: dict[str, list[Definition]], chains: Sequence[Chain]) -> None:
    """Names that an equation defines without standing alone on its left: `∇J = ∇(…)`, `e² = (…)²`."""
    for chain in chains:
        for one, other in zip(chain.sides, chain.sides[1:], strict=False):
            if one.term is None or other.term is None or one.term.kind == "name":
                continue
            found = [*_pairs(one.term, other.term), *_square(one.term, other.term)]
            for name, body in found or _upstream(one.term, other.term, out, chains):
                target = name.args[0] if name.kind == "entry" else name
                if target.text in out or target.text in ("", "I", "delta"):
                    continue
                params = target.args if target.kind == "call" else ()
                indices = name.args if name.kind == "name" else ()
                letters = tuple(item.text for item in indices)
                inside = any(p.kind in ("name", "call") and p.text == target.text for p in walk(body))
                if not inside and len(set(letters)) == len(letters) and _named(params):
                    _define(out, target.text, letters, params, body, chain.place)


def _pairs(one: Term, other: Term) -> list[tuple[Term, Term]]:
    """Where two terms are equal but for one name, the name and what stands in its place."""
    if _same(one, other):
        return []
    unknown = one.kind == "name" or (one.kind == "call" and "function" in one.marks)
    if unknown and other.kind != "name":
        return [(one, other)]
    if (
        one.kind != other.kind
        or one.text != other.text
        or len(one.args) != len(other.args)
        or one.value != other.value
    ):
        return []
    differing = [(a, b) for a, b in zip(one.args, other.args, strict=True) if not _same(a, b)]
    return _pairs(*differing[0]) if len(differing) == 1 and one.kind != "index" else []


def _same(one: Term, other: Term) -> bool:
    return (
        (one.kind, one.text, one.value) == (other.kind, other.text, other.value)
        and len(one.args) == len(other.args)
        and all(_same(a, b) for a, b in zip(one.args, other.args, strict=True))
    )


def _square(one: Term, other: Term) -> list[tuple[Term, Term]]:
    """`σ² = …` defines σ, `log p(y) = …` defines p."""
    if one.kind == "pow" and one.args[0].kind == "name" and one.args[1].value == 2 and other.kind != "pow":
        return [(one.args[0], Term("call", (other,), "sqrt", span=other.span))]
    if one.kind == "call" and one.text == "log" and other.kind != "call":
        inner = one.args[0]
        if inner.kind == "name" or (inner.kind == "call" and "function" in inner.marks):
            return [(inner, Term("call", (other,), "exp", span=other.span))]
    return []


def _upstream(
    one: Term, other: Term, out: dict[str, list[Definition]], chains: Sequence[Chain]
) -> list[tuple[Term, Term]]:
    """`∂L/∂y = g` names the gradient g, where nothing says what L is, and no definition uses g."""
    if one.kind != "derivative" or other.kind != "name" or other.args or one.args[0].kind != "name":
        return []
    bodies = {part.text for known in out.values() for body in known for part in walk(body.body)}
    return [] if one.args[0].text in out or other.text in bodies else [(other, one)]


def _named(params: Sequence[Term]) -> bool:
    return all(param.kind == "name" for param in params)


def _define(
    out: dict[str, list[Definition]], name: str, indices: tuple[str, ...], params: tuple[Term, ...],
    body: Term, place: int,
) -> None:  # fmt: skip
    known = out.setdefault(name, [])
    text = name if not known else f"{name}_{len(known) + 1}"
    known.append(Definition(name, indices, body, params, place, text))


def _defined(chain: Chain) -> tuple[str, tuple[str, ...], tuple[Term, ...], Term] | None:
    """The name that a chain defines, where its first side is one: its indices, its arguments, what it is."""
    head = chain.head
    body = next((side.term for side in chain.sides[1:] if side.term is not None), None)
    if head is None or body is None:
        return None
    params: tuple[Term, ...] = ()
    indices: tuple[Term, ...] = ()
    if head.kind == "entry" and head.args[0].kind == "call" and "of" in head.marks:
        head, indices = head.args[0], head.args[1:]
    if head.kind == "call" and "function" in head.marks and "prime" not in head.marks:
        if not all(arg.kind == "name" for arg in head.args):
            return None
        params = head.args
    elif head.kind == "name" and head.text:
        indices = head.args
    else:
        return None
    if any("letter" not in item.marks for item in indices) or (head.text == "delta" and len(indices) > 1):
        return None
    letters = tuple(item.text for item in indices)
    if len(set(letters)) < len(letters):
        return None
    if any(part.kind == "name" and part.text == head.text for part in walk(body)):
        return None  # an update, or an equation about it
    return head.text, letters, params, body


def unread_names(chains: Sequence[Chain], definitions: dict[str, list[Definition]]) -> frozenset[str]:
    """Names that stand left of what cannot be read."""
    out = set()
    for chain in chains:
        head = chain.head
        named = head is not None and head.kind in ("name", "call") and head.text not in definitions
        if head is not None and named and any(side.term is None for side in chain.sides[1:2]):
            out.add(head.text)
    return frozenset(out)
