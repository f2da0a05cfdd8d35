"""The table of laws: each text is proved wherever it can be used; where it must not be used it is not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

import pytest

from gradproof.calculus.laws.algebra import ALGEBRA
from gradproof.calculus.laws.differentials import DIFFERENTIALS
from gradproof.calculus.laws.law import Law, has, law_of, names
from gradproof.calculus.laws.matching import written
from gradproof.calculus.laws.rewriting import laws_of, rewritings
from gradproof.calculus.laws.rule import Rule
from gradproof.errors import GradproofError
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators import build
from gradproof.operators.table import OPERATORS
from gradproof.proof.referee import Referee
from gradproof.proof.semantics.context import Context

SIZES = {letter: symbol(letter) for letter in "mnkp"}
SHAPES = ("", "n", "mn", "nm", "nn", "~n", "mnk")  # of letters of which nothing is said; ~ a row
MOST = 24  # instances of a text


def shaped(name: str, shape: str, props: tuple[str, ...] = ()) -> Expr:
    return build.name(name, tuple(SIZES[x] for x in shape.strip("~")), props, row=shape.startswith("~"))


def values(law: Law, name: str) -> Iterator[object]:
    """What a letter can stand for."""
    said = law.letters.get(name)
    words = said.words if said else ()
    if name == "f":
        for op in sorted(op for op in OPERATORS if has(op, *words) and not OPERATORS[op].adjoint):
            for shapes in product(
                SHAPES, repeat=OPERATORS[op].signatures[0].partition("->")[0].count(",") + 1
            ):
                args = [shaped(f"Z{k}", shape) for k, shape in enumerate(shapes)]
                if build.binding(op, tuple(args)) is not None and op not in (
                    "triu",
                    "tril",
                    "halftriu",
                    "halftril",
                ):
                    yield from ((build.apply(op, *args), k) for k in range(len(args)))
    elif "number" in words:
        yield build.num(3)
    elif said and said.sizes is not None:
        yield build.name(name, tuple(SIZES[x] for x in said.sizes))
    else:
        yield from (shaped(name, shape, ("symmetric",) if "symmetric" in words and shape == "nn" else ())
                    for shape in SHAPES)  # fmt: skip


def instances(law: Law) -> Iterator[Expr]:
    """The left side for all that its letters can stand for, where that fits together."""
    letters = sorted(names(law.left) - set(SIZES) - {"it"})
    for chosen in product(*(list(values(law, name)) for name in letters)):
        try:
            yield written(law.left, {**SIZES, **dict(zip(letters, chosen, strict=True))}, lambda e, _: e)
        except (GradproofError, KeyError):
            continue


TEXTS = [(rule, k) for rule in ALGEBRA for k in range(len(laws_of(rule)))]


@pytest.mark.parametrize(("rule", "k"), TEXTS, ids=[f"{rule.name}-{k}" for rule, k in TEXTS])
def test_every_use_of_a_text_is_proved(rule: Rule, k: int) -> None:
    referee = Referee(Context())
    only = rule._replace(law=rule.laws[k])
    found = [(e, new) for e in instances(laws_of(rule)[k]) for new in islice(rewritings(only, e), 3)]
    assert found
    step = max(1, len(found) // MOST)
    for e, new in found[::step]:
        assert referee.judge(e, new).grade == "proved", f"{rule.name}: {e} -> {new}"


CODE = [rule for rule in ALGEBRA if rule.code is not None]


@pytest.mark.parametrize("rule", CODE, ids=[rule.name for rule in CODE])
def test_what_code_does_is_shown_by_an_example_that_is_proved(rule: Rule) -> None:
    for text in rule.laws:
        law = law_of(text, rule.where)
        e = next(instances(law))
        new = next(rewritings(rule, e), None)
        assert new is not None, f"{rule.name}: {e}"
        assert Referee(Context()).judge(e, new).grade == "proved"


SCHEMES = [(rule, law) for rule in DIFFERENTIALS for law in rule.laws if "f(" in law]


@pytest.mark.parametrize(("rule", "text"), SCHEMES, ids=[rule.name for rule, _ in SCHEMES])
def test_differentials_of_every_operator_of_a_kind(rule: Rule, text: str) -> None:
    law = law_of(text, rule.where)
    letters = sorted(names(law.left))
    told = 0
    for chosen in product(*(list(values(law, name)) for name in letters)):
        bound = dict(zip(letters, chosen, strict=True))
        try:
            left, right = (written(side, bound, lambda e, _: e) for side in (law.left, law.right))
        except GradproofError:
            continue
        varying = frozenset(e for e in postorder([left]) if e.op == "name")
        assert Referee(Context(varying=varying)).judge(left, right).grade == "proved", f"{left} = {right}"
        told += 1
    assert told > 10
