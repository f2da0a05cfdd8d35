"""What a document declares: `A ∈ ℝ^{n×m}`, `X : n × k`, sentences, `A = Aᵀ`."""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.elaboration.document.model import Chain
from gradproof.elaboration.document.names import Resolver
from gradproof.elaboration.document.symbols import Declared
from gradproof.language.document.grammar import Grammar
from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.prose import Told, sizes_of
from gradproof.language.document.statements import Statement
from gradproof.language.document.tree import Term, Unread, walk


def name_term(given: Sequence[Lexeme]) -> Term | None:
    """The name that some lexemes are, or None."""
    try:
        term = Grammar(given).whole()
    except (Unread, IndexError):
        return None
    return term if term.kind == "name" else None


def size_names(chains: Sequence[Chain], declared: dict[str, Declared]) -> frozenset[str]:
    """Letters that are sizes: those of declarations, and the last values of indices."""
    out = {size for one in declared.values() for size in one.sizes or () if not size.isdigit()}
    for chain in chains:
        for side in chain.sides:
            for part in walk(side.term) if side.term is not None else ():
                if part.kind == "sum" and part.args[2].kind == "name" and not part.args[2].args:
                    out.add(part.args[2].text)
    return frozenset(out)


def memberships(statement: Statement) -> list[tuple[list[Term], tuple[str, ...]]]:
    """`A, B ∈ ℝ^{n×m}`: the names and the sizes."""
    out = []
    for place, side in enumerate(statement.sides):
        if side.sign != "∈":
            continue
        sizes = _space(side.lexemes)
        if sizes is None:
            continue
        left = [statement.sides[0].lexemes, *statement.listed] if place else []
        names = [term for given in left for part in _listed(given) if (term := name_term(part)) is not None]
        out.append((names, sizes))
    return out


def typed_names(given: Sequence[Lexeme]) -> tuple[list[Term], tuple[str, ...]] | None:
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
    names = [term for part in _listed(left) if (term := name_term(part)) is not None]
    return (names, sizes) if names else None


def note_symmetric(chain: Chain, declared: dict[str, Declared]) -> None:
    """`A = Aᵀ` says that A is symmetric."""
    one, other = (chain.sides[0].term, chain.sides[-1].term)
    if len(chain.sides) == 2 and one is not None and other is not None:
        name, turned = (other, one) if one.kind == "T" else (one, other)
        if name.kind == "name" and turned.kind == "T" and turned.args[0].text == name.text and not name.args:
            before = declared.get(name.text, Declared())
            declared[name.text] = before._replace(words=(*before.words, "symmetric"))


def note_factor(chain: Chain, declared: dict[str, Declared], told: str) -> None:
    """Σ = L Lᵀ by Cholesky says that L is lower triangular."""
    side = chain.sides[-1].term
    if "cholesky" not in told.lower() or side is None or side.kind != "mul" or side.args[1].kind != "T":
        return
    one, other = side.args[0], side.args[1].args[0]
    if one.kind == "name" and (one.text, one.args) == (other.text, other.args) and not one.args:
        before = declared.get(one.text, Declared())
        declared[one.text] = before._replace(words=(*before.words, "lower"))


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


def declarations_of(
    resolver: Resolver, members: Sequence[tuple[list[Term], tuple[str, ...]]],
    spoken: Sequence[tuple[Told, Term | None]],
) -> tuple[dict[str, Declared], list[tuple[str, str]]]:  # fmt: skip
    """What a document says about its names, and facts about sums."""
    out: dict[str, Declared] = {}
    facts: list[tuple[str, str]] = []
    for terms, sizes in members:
        for given in terms:
            name = _name(resolver, given)
            if name is not None and name.text not in out:
                if name.args:  # x_i ∈ ℝ^d
                    out[name.text] = Declared(None, len(name.args) + len(sizes))
                else:
                    out[name.text] = Declared(sizes, len(sizes))
    for one, term in spoken:
        called = None if term is None else _name(resolver, term)
        if called is None:
            continue
        before = out.get(called.text, Declared())
        facts += [(called.text, word) for word in one.words if word in ("sums", "rows")]
        words = tuple(word for word in one.words if word not in ("sums", "rows"))
        rank = None if one.rank is None else one.rank + len(called.args)
        sizes_known = None if called.args else one.sizes
        if before.rank is not None:
            rank, sizes_known = before.rank, before.sizes
        out[called.text] = Declared(sizes_known, rank, tuple(dict.fromkeys((*before.words, *words))))
    return out, facts


def _name(resolver: Resolver, term: Term) -> Term | None:
    try:
        name = resolver.term(term)
    except Unread:
        return None
    return name if name.kind == "name" else None


def noted_sums(chain: Chain) -> list[tuple[str, str]]:
    """`Σ_k y_k = 1` and `1ᵀ y = 1` say that a vector sums to one."""
    one, other = chain.sides[0].term, chain.sides[-1].term
    if len(chain.sides) != 2 or one is None or other is None or other.value != 1:
        return []
    if one.kind == "sum" and one.args[0].kind == "name" and len(one.args[0].args) == 1:
        return [(one.args[0].text, "sums")]
    if one.kind == "mul" and one.args[0].kind == "T":
        parts = (one.args[0].args[0], one.args[1])
        ones = [part for part in parts if part.kind == "number"]
        names = [part for part in parts if part.kind == "name"]
        if len(ones) == len(names) == 1 and not names[0].args:
            return [(names[0].text, "sums")]
    return []
