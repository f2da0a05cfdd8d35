"""The statements of a document as chains of sides, with their names resolved, and what they declare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gradproof.elaboration.document.names import Names, Resolver, base_text, decided
from gradproof.elaboration.document.symbols import Declared, Definition
from gradproof.language.document.grammar import Grammar
from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.prose import Told, sizes_of, told
from gradproof.language.document.statements import EQUAL, Document, Statement
from gradproof.language.document.tree import Term, Unread, walk
from gradproof.language.syntax.tree import Span


class Side(NamedTuple):
    """One side of a chain: its term, or why there is none; sign: what stands before it; line: the row of the
    document that it belongs to."""

    term: Term | None
    problem: Unread | None
    sign: str
    span: Span
    line: int


class Chain(NamedTuple):
    """Sides that are equal, one after another.

    place   its number among the chains; words: the prose before it; inline: it stands in a sentence
    """

    sides: tuple[Side, ...]
    place: int
    section: int
    words: str
    inline: bool

    @property
    def head(self) -> Term | None:
        """The first side."""
        return self.sides[0].term


class Sheet(NamedTuple):
    """A document with its names resolved: chains, what is declared, what is defined."""

    chains: tuple[Chain, ...]
    names: Names
    declared: dict[str, Declared]
    definitions: dict[str, list[Definition]]
    facts: tuple[tuple[str, str], ...]  # (name, "sums" or "rows")
    told: str
    size_names: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


def sheet(document: Document) -> Sheet:
    """The chains of a document."""
    statements = [part for part in document.parts if isinstance(part, Statement)]
    if any(_variation(statement) for statement in statements):
        statements = [_with_changes(statement) for statement in statements]
    raw = _plussed(_chains(statements))
    terms = [side.term for chain in raw for side in chain.sides if side.term is not None]
    heads = [chain.head for chain in raw if chain.head is not None and len(chain.sides) > 1]
    spoken = [(one, _term(one.name)) for one in told(document)]
    terms += [term for _, term in spoken if term is not None]
    membership = [_members(statement) for statement in statements]
    members = [(names, sizes) for found in membership for names, sizes in found]
    members += [found for formula in document.formulas if (found := _typed(formula)) is not None]
    terms += [term for names, _ in members for term in names]
    capitals = {part.text for term in terms for part in walk(term) if part.kind == "name" and part.text.isupper()}
    names = decided(heads, terms, capitals)
    renamed, objective = _renamed(raw)
    names = names._replace(renamed=renamed, objective=objective)
    resolver = Resolver(names)
    chains = tuple(_resolved(chain, resolver) for chain in raw)
    declared, facts = _declared(resolver, members, spoken)
    for chain in chains:
        _symmetric(chain, declared)
    definitions = _definitions(chains)
    sizes = _size_names(chains, declared) - declared.keys() - definitions.keys()
    told_of = document.told.lower()
    return Sheet(chains, names, declared, definitions, tuple(facts), told_of, sizes, _unread(chains, definitions))


def _unread(chains: Sequence[Chain], definitions: dict[str, list[Definition]]) -> frozenset[str]:
    """Names that stand left of what cannot be read."""
    out = set()
    for chain in chains:
        head = chain.head
        if head is not None and head.kind in ("name", "call") and head.text not in definitions:
            if any(side.term is None for side in chain.sides[1:2]):
                out.add(head.text)
    return frozenset(out)


def _size_names(chains: Sequence[Chain], declared: dict[str, Declared]) -> frozenset[str]:
    """Letters that are sizes: those of declarations, and the last values of indices."""
    out = {size for one in declared.values() for size in one.sizes or () if not size.isdigit()}
    for chain in chains:
        for side in chain.sides:
            for part in walk(side.term) if side.term is not None else ():
                if part.kind == "sum" and part.args[2].kind == "name" and not part.args[2].args:
                    out.add(part.args[2].text)
    return frozenset(out)


# ---- chains


def _chains(statements: Sequence[Statement]) -> list[Chain]:
    out: list[Chain] = []
    for line, statement in enumerate(statements):
        sides = _sides(statement, line)
        if statement.continued and out and out[-1].section == statement.section and sides:
            out[-1] = out[-1]._replace(sides=(*out[-1].sides, *sides))
        elif sides and (len(sides) > 1 or statement.continued):
            out.append(Chain(tuple(sides), len(out), statement.section, statement.words, statement.inline))
    return out


def _sides(statement: Statement, line: int) -> list[Side]:
    out: list[Side] = []
    for place, side in enumerate(statement.sides):
        sign = side.sign or ("=" if statement.continued and not place else "")
        if sign not in ("", *EQUAL):
            break
        try:
            out.append(Side(Grammar(side.lexemes).whole(), None, sign, side.span, line))
        except Unread as problem:
            out.append(Side(None, problem, sign, side.span, line))
        except (ValueError, IndexError, RecursionError):
            out.append(Side(None, Unread("this is not read", side.span), sign, side.span, line))
    return out


def _plussed(chains: list[Chain]) -> list[Chain]:
    """`P⁺ = …` as a name of its own, where a left side is that; else it is the pseudo-inverse."""
    named = {
        chain.head.args[0].text
        for chain in chains
        if chain.head is not None and chain.head.kind == "pinv" and chain.head.args[0].kind == "name"
    }
    if not named:
        return chains

    def renamed(term: Term) -> Term:
        args = tuple(renamed(arg) for arg in term.args)
        if term.kind == "pinv" and args[0].kind == "name" and args[0].text in named:
            return args[0]._replace(text=f"{args[0].text}_plus")
        return term._replace(args=args)

    return [
        chain._replace(
            sides=tuple(
                side if side.term is None else side._replace(term=renamed(side.term)) for side in chain.sides
            )
        )
        for chain in chains
    ]


def _variation(statement: Statement) -> bool:
    """Whether a left side is `δf`: then δ is the d of this text."""
    first = statement.sides[0].lexemes
    return len(first) == 2 and first[0].text == "delta" and first[1].kind == "letter"


def _with_changes(statement: Statement) -> Statement:
    sides = tuple(
        side._replace(lexemes=tuple(one._replace(text="d") if one.text == "delta" else one for one in side.lexemes))
        for side in statement.sides
    )
    return statement._replace(sides=sides)


def _resolved(chain: Chain, resolver: Resolver) -> Chain:
    sides = []
    for side in chain.sides:
        if side.term is not None:
            try:
                side = side._replace(term=resolver.term(side.term))
            except Unread as problem:
                side = side._replace(term=None, problem=problem)
        sides.append(side)
    return chain._replace(sides=tuple(sides))


def _term(given: Sequence[Lexeme]) -> Term | None:
    try:
        term = Grammar(given).whole()
    except (Unread, IndexError):
        return None
    return term if term.kind == "name" else None


def _renamed(chains: Sequence[Chain]) -> tuple[frozenset[str], str]:
    """Names whose d stands for a gradient, as in `dO = ∂L/∂O` and `dV = Pᵀ dO`, and what is differentiated.

    A differential of a name that nothing defines is never said to be something.
    """
    heads = [(chain, _changed(chain.head)) for chain in chains if chain.head is not None]
    objectives = [
        part.args[0].text
        for chain in chains for side in chain.sides if side.term is not None
        for part in walk(side.term)
        if part.kind == "derivative" and part.args[0].kind == "name" and part.args[0].text
    ]  # fmt: skip
    objective = objectives[0] if objectives else "L"
    defined = {
        base_text(chain.head if chain.head.kind == "name" else chain.head.args[0])
        for chain in chains
        if chain.head is not None and (chain.head.kind == "name" or chain.head.text == "()")
    }
    factors = _factors(chains)
    out: set[str] = set()
    for chain, name in heads:
        if not name:
            continue
        sides = [side.term for side in chain.sides[1:] if side.term is not None]
        explicit = any(
            side.kind == "derivative" and side.args[-1].kind == "name" and base_text(side.args[-1]) == name
            for side in sides
        )
        silent = any(not any(part.kind == "d" for part in walk(side)) and side.kind != "number" for side in sides)
        if explicit or (silent and name in factors):
            out.add(name)
        elif name not in defined and name in factors:
            return _all_changed(chains), objective
    return frozenset(out), objective


def _changed(head: Term | None) -> str:
    """The name behind the d of a left side, or ""."""
    return base_text(head.args[0]) if head is not None and head.kind == "d" and head.args[0].kind == "name" else ""


def _all_changed(chains: Sequence[Chain]) -> frozenset[str]:
    return frozenset(
        base_text(part.args[0])
        for chain in chains for side in chain.sides if side.term is not None
        for part in walk(side.term)
        if part.kind == "d" and part.args[0].kind == "name"
    )  # fmt: skip


def _factors(chains: Sequence[Chain]) -> set[str]:
    """Names that stand in formulas, not only behind a d or left of “=”."""
    out: set[str] = set()
    todo = [side.term for chain in chains for side in chain.sides[1:] if side.term is not None]
    while todo:
        term = todo.pop()
        if term.kind == "name":
            out.add(base_text(term))
        if term.kind not in ("d", "derivative"):
            todo += term.args
    return out


# ---- declarations


def _members(statement: Statement) -> list[tuple[list[Term], tuple[str, ...]]]:
    """`A, B ∈ ℝ^{n×m}`: the names and the sizes."""
    out = []
    for place, side in enumerate(statement.sides):
        if side.sign != "∈":
            continue
        sizes = _space(side.lexemes)
        if sizes is None:
            continue
        left = [statement.sides[0].lexemes, *statement.listed] if place else []
        names = [term for given in left for part in _listed(given) if (term := _term(part)) is not None]
        out.append((names, sizes))
    return out


def _symmetric(chain: Chain, declared: dict[str, Declared]) -> None:
    """`A = Aᵀ` says that A is symmetric."""
    one, other = (chain.sides[0].term, chain.sides[-1].term)
    if len(chain.sides) == 2 and one is not None and other is not None:
        name, turned = (other, one) if one.kind == "T" else (one, other)
        if name.kind == "name" and turned.kind == "T" and turned.args[0].text == name.text and not name.args:
            before = declared.get(name.text, Declared())
            declared[name.text] = before._replace(words=(*before.words, "symmetric"))


def _typed(given: Sequence[Lexeme]) -> tuple[list[Term], tuple[str, ...]] | None:
    """`X : n × k`, `x : n-vector`."""
    colons = [k for k, one in enumerate(given) if one.text == ":"]
    if len(colons) != 1 or any(one.text in ("=", "+", "∈", "⊙") for one in given):
        return None
    left, right = given[: colons[0]], list(given[colons[0] + 1 :])
    vector = bool(right) and right[-1].kind == "text" and right[-1].text.strip(" -").startswith("vector")
    scalar = len(right) == 1 and right[0].text.strip() == "scalar"
    sizes = () if scalar else sizes_of(right[:-1] if vector else right)
    if sizes is None or (len(sizes) == 1 and not vector):
        return None
    names = [term for part in _listed(left) if (term := _term(part)) is not None]
    return (names, sizes) if names else None


def _listed(given: Sequence[Lexeme]) -> list[list[Lexeme]]:
    out: list[list[Lexeme]] = [[]]
    for one in given:
        if one.text == "," or one.kind == "gap":
            out.append([])
        else:
            out[-1].append(one)
    return [part for part in out if part]


def _space(given: Sequence[Lexeme]) -> tuple[str, ...] | None:
    """The sizes of ℝ^{n×m}, {0,1}^n, 𝕊^n."""
    if not given:
        return None
    square = given[0].text in ("bbS", "S_cal") or (given[0].text == "S" and len(given) > 1)
    if given[0].text not in ("reals", "⦃", "[", "(") and not square:
        return None
    place = next((k for k, one in enumerate(given) if one.text == "^"), None)
    if place is None:
        return ()
    rest = list(given[place + 1 :])
    if rest and rest[0].text == "{":
        rest = rest[1 : next((k for k, one in enumerate(rest) if one.text == "}"), len(rest))]
    else:
        rest = rest[:1]
    rest = [one for one in rest if one.text not in ("+",)]
    sizes = sizes_of(rest)
    if square and sizes is not None and len(sizes) == 1:
        return (*sizes, *sizes)
    return sizes


def _declared(
    resolver: Resolver, members: Sequence[tuple[list[Term], tuple[str, ...]]],
    spoken: Sequence[tuple[Told, Term | None]],
) -> tuple[dict[str, Declared], list[tuple[str, str]]]:  # fmt: skip
    out: dict[str, Declared] = {}
    facts: list[tuple[str, str]] = []
    for terms, sizes in members:
        for term in terms:
            name = _name(resolver, term)
            if name is not None and name.text not in out:
                if name.args:  # x_i ∈ ℝ^d
                    out[name.text] = Declared(None, len(name.args) + len(sizes))
                else:
                    out[name.text] = Declared(sizes, len(sizes))
    for one, term in spoken:
        name = None if term is None else _name(resolver, term)
        if name is None:
            continue
        before = out.get(name.text, Declared())
        facts += [(name.text, word) for word in one.words if word in ("sums", "rows")]
        words = tuple(word for word in one.words if word not in ("sums", "rows"))
        rank = None if one.rank is None else one.rank + len(name.args)
        sizes_known = None if name.args else one.sizes
        if before.rank is not None:
            rank, sizes_known = before.rank, before.sizes
        out[name.text] = Declared(sizes_known, rank, tuple(dict.fromkeys((*before.words, *words))))
    return out, facts


def _name(resolver: Resolver, term: Term) -> Term | None:
    try:
        name = resolver.term(term)
    except Unread:
        return None
    return name if name.kind == "name" else None


# ---- definitions


def _definitions(chains: Sequence[Chain]) -> dict[str, list[Definition]]:
    out: dict[str, list[Definition]] = {}
    varied: set[str] = set()
    for chain in chains:
        found = _defined(chain)
        if found is not None and found[0] in varied and found[0] not in out and not _anew(chain):
            found = None
        varied |= _varied(chain)
        again = found is not None and found[0] in out
        if found is not None and again and found[1] and not out[found[0]][-1].indices:
            continue  # the same by entries
        if found is not None and (not again or _again(chain, out[found[0]][-1], chains)):
            name, indices, params, body = found
            _define(out, name, indices, params, body, chain.place)
        for side, before in zip(chain.sides[1:], chain.sides, strict=False):
            if side.sign == "=:" and side.term is not None and side.term.kind == "name" and before.term is not None:
                indices = tuple(item.text for item in side.term.args)
                _define(out, side.term.text, indices, (), before.term, chain.place)
    _implied(out, chains)
    return out


_ANEW = re.compile(
    r"\b(?:let|define|now|consider|suppose|for|set|put|denote|another|second|example|instead)\b",
    re.IGNORECASE,
)


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
            for name, body in [*_pairs(one.term, other.term), *_square(one.term, other.term)]:
                target = name.args[0] if name.kind == "entry" else name
                if target.text in out or target.text in ("", "I", "delta"):
                    continue
                params = target.args if target.kind == "call" else ()
                indices = name.args if name.kind == "name" else ()
                letters = tuple(item.text for item in indices)
                inside = any(p.kind in ("name", "call") and p.text == target.text for p in walk(body))
                if not inside and len(set(letters)) == len(letters) and _named(params):
                    _define(out, target.text, letters, params, body, chain.place)


def _square(one: Term, other: Term) -> list[tuple[Term, Term]]:
    """`σ² = …` defines σ."""
    if one.kind == "pow" and one.args[0].kind == "name" and one.args[1].value == 2 and other.kind != "pow":
        return [(one.args[0], Term("call", (other,), "sqrt", span=other.span))]
    return []


def _named(params: Sequence[Term]) -> bool:
    return all(param.kind == "name" for param in params)


def _pairs(one: Term, other: Term) -> list[tuple[Term, Term]]:
    """Where two terms are equal but for one name, the name and what stands in its place."""
    if _same(one, other):
        return []
    unknown = one.kind == "name" or (one.kind == "call" and "function" in one.marks)
    if unknown and other.kind != "name":
        return [(one, other)]
    if one.kind != other.kind or one.text != other.text or len(one.args) != len(other.args) or one.value != other.value:
        return []
    differing = [(a, b) for a, b in zip(one.args, other.args, strict=True) if not _same(a, b)]
    return _pairs(*differing[0]) if len(differing) == 1 and one.kind != "index" else []


def _same(one: Term, other: Term) -> bool:
    return (
        (one.kind, one.text, one.value) == (other.kind, other.text, other.value)
        and len(one.args) == len(other.args)
        and all(_same(a, b) for a, b in zip(one.args, other.args, strict=True))
    )


def _define(
    out: dict[str, list[Definition]], name: str, indices: tuple[str, ...], params: tuple[Term, ...], body: Term,
    place: int,
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
