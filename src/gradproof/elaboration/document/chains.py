"""The statements of a document as chains of sides, with their names resolved, and what they declare."""

from __future__ import annotations

from collections.abc import Sequence

from gradproof.elaboration.document.changes import gradient_names, variation, with_changes
from gradproof.elaboration.document.declared import (
    declarations_of,
    memberships,
    name_term,
    note_factor,
    note_symmetric,
    noted_sums,
    size_names,
    typed_names,
)
from gradproof.elaboration.document.definitions import definitions_of, unread_names
from gradproof.elaboration.document.model import Chain, Sheet, Side
from gradproof.elaboration.document.names import Resolver, decided
from gradproof.language.document.grammar import Grammar
from gradproof.language.document.prose import told
from gradproof.language.document.statements import EQUAL, Document, Statement
from gradproof.language.document.tree import Term, Unread, walk


def sheet(document: Document) -> Sheet:
    """The chains of a document."""
    statements = [part for part in document.parts if isinstance(part, Statement)]
    if any(variation(statement) for statement in statements):
        statements = [with_changes(statement) for statement in statements]
    raw = _plussed(_chains(statements, _has_differentials(statements)))
    terms = [side.term for chain in raw for side in chain.sides if side.term is not None]
    heads = [chain.head for chain in raw if chain.head is not None and len(chain.sides) > 1]
    spoken = [(one, name_term(one.name)) for one in told(document)]
    terms += [term for _, term in spoken if term is not None]
    members = [found for statement in statements for found in memberships(statement)]
    members += [found for formula in document.formulas if (found := typed_names(formula)) is not None]
    terms += [term for names, _ in members for term in names]
    capitals = {
        part.text for term in terms for part in walk(term) if part.kind == "name" and part.text.isupper()
    }
    names = decided(heads, terms, capitals)
    renamed, objective = gradient_names(raw)
    names = names._replace(renamed=renamed, objective=objective)
    resolver = Resolver(names)
    chains = tuple(_resolved(chain, resolver) for chain in raw)
    declared, facts = declarations_of(resolver, members, spoken)
    for chain in chains:
        note_symmetric(chain, declared)
        note_factor(chain, declared, document.told)
        facts += noted_sums(chain)
    definitions = definitions_of(chains)
    sizes = size_names(chains, declared) - declared.keys() - definitions.keys()
    told_of = document.told.lower()
    return Sheet(
        chains, names, declared, definitions, tuple(facts), told_of, sizes, unread_names(chains, definitions)
    )


# ---- chains


def _has_differentials(statements: Sequence[Statement]) -> bool:
    """Whether a d before a name is a differential: not where d is a name and no left side begins with one."""
    alone = False
    for statement in statements:
        for side in statement.sides:
            given = side.lexemes
            for one, two in zip(given, (*given[1:], None), strict=True):
                if one.kind == "letter" and one.text == "d" and (two is None or two.text in ("}", ")", "]")):
                    alone = True
        first = statement.sides[0].lexemes
        if len(first) > 1 and first[0].text in ("d", "∂") and first[1].kind in ("letter", "word", "command"):
            return True
    return not alone


def _chains(statements: Sequence[Statement], differentials: bool) -> list[Chain]:
    out: list[Chain] = []
    for line, statement in enumerate(statements):
        sides = _sides(statement, line, differentials)
        if statement.continued and out and out[-1].section == statement.section and sides:
            out[-1] = out[-1]._replace(sides=(*out[-1].sides, *sides))
        elif sides and (len(sides) > 1 or statement.continued):
            out.append(Chain(tuple(sides), len(out), statement.section, statement.words, statement.inline))
    return out


def _sides(statement: Statement, line: int, differentials: bool) -> list[Side]:
    out: list[Side] = []
    for place, side in enumerate(statement.sides):
        sign = side.sign or ("=" if statement.continued and not place else "")
        if sign not in ("", *EQUAL):
            break
        try:
            out.append(Side(Grammar(side.lexemes, differentials).whole(), None, sign, side.span, line))
        except Unread as problem:
            out.append(Side(None, problem, sign, side.span, line))
        except (ValueError, IndexError, RecursionError):
            out.append(Side(None, Unread("this is not read", side.span), sign, side.span, line))
    return out


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
