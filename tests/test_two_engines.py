"""The two engines of proof share no meaning of a word: a wrong one in either is never called proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gradproof.errors import InternalError
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators.build import add, apply, name
from gradproof.operators.signature import alternative
from gradproof.operators.table import OPERATORS
from gradproof.proof.evaluation import evaluator
from gradproof.proof.normal_form.lowering import definitions as of_normal_form
from gradproof.proof.normal_form.lowering.functions import FUNCTIONS
from gradproof.proof.normal_form.lowering.lower import RULES
from gradproof.proof.normal_form.terms.collect import scaled
from gradproof.proof.referee import Referee
from gradproof.proof.semantics import definitions as of_test
from gradproof.proof.semantics.context import Context
from gradproof.verdicts import HOLDS

WORDS = sorted(w for w in {*of_normal_form.DEFINITIONS, *of_test.WORDS} if w in OPERATORS)
DOMAIN = {"acos": "unit", "atanh": "unit", "logit": "positive"}


def examples(word: str) -> Iterator[Expr]:
    """The word, applied to names, for each way to use it."""
    for signature in OPERATORS[word].signatures:
        args = []
        for place, pattern in enumerate(alternative(signature).inputs):
            letters = (
                ("i", "j")[: 1 + (place == 0)] if pattern.any else tuple("".join(a) for a in pattern.axes)
            )
            if pattern.any and place:
                letters = ()
            props = (DOMAIN[word],) if word in DOMAIN else ()
            args.append(name("XZV"[place], tuple(map(symbol, letters)), props, row=pattern.row))
        yield apply(word, *args)


def defined(e: Expr) -> Expr:
    """What a word means, as the exact test has it."""
    found = of_test.meaning(e)
    assert found is not None
    return found


def grade(before: Expr, after: Expr) -> str:
    """What the referee says; "contradiction" where it says that the engines contradict each other."""
    try:
        return Referee(Context()).judge(before, after).grade
    except InternalError:
        return "contradiction"


@pytest.mark.parametrize("word", WORDS)
def test_a_word_means_what_both_engines_say(word: str) -> None:
    for e in examples(word):
        assert grade(e, defined(e)) in HOLDS
        if word in of_normal_form.DEFINITIONS:
            assert grade(e, of_normal_form.DEFINITIONS[word](e.args)) in HOLDS


@pytest.mark.parametrize("word", WORDS)
def test_a_wrong_meaning_in_the_exact_test(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for e in examples(word):
        twice = add(defined(e), defined(e))
        with monkeypatch.context() as planted:
            planted.setattr(evaluator, "meaning", twice_at(word, of_test.meaning))
            assert grade(e, twice) != "proved"


def twice_at(word: str, meaning: Callable[[Expr], Expr | None]) -> Callable[[Expr], Expr | None]:
    """A meaning that is wrong by a factor of 2 for one word."""

    def wrong(e: Expr) -> Expr | None:
        found = meaning(e)
        return add(found, found) if e.op == word and found is not None else found

    return wrong


def plant_in_normal_form(word: str, planted: pytest.MonkeyPatch) -> None:
    """The same fault in the writing, or the function, that the normal form has for a word."""
    if word in of_normal_form.DEFINITIONS:
        right = of_normal_form.DEFINITIONS[word]
        planted.setitem(of_normal_form.DEFINITIONS, word, lambda args: add(right(args), right(args)))
    elif word in RULES:
        rule = RULES[word]
        planted.setitem(RULES, word, lambda work, e, args: scaled(rule(work, e, args), 2))
    else:
        function = FUNCTIONS[word]
        planted.setitem(FUNCTIONS, word, lambda work, form: scaled(function(work, form), 2))


@pytest.mark.parametrize("word", WORDS)
def test_a_wrong_meaning_in_the_normal_form(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for e in examples(word):
        twice = add(defined(e), defined(e))
        with monkeypatch.context() as planted:
            plant_in_normal_form(word, planted)
            assert grade(e, twice) != "proved"


@pytest.mark.parametrize("word", ["rowvar", "huber", "sinc"])
def test_the_fault_would_be_proved_if_both_had_it(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the tests above look at something: the same wrong meaning in both engines is believed."""
    for e in examples(word):
        twice = add(defined(e), defined(e))
        with monkeypatch.context() as planted:
            planted.setattr(evaluator, "meaning", twice_at(word, of_test.meaning))
            plant_in_normal_form(word, planted)
            assert grade(e, twice) in HOLDS


def test_every_word_of_others_is_written_twice() -> None:
    """Each is known to the normal form, and to the exact test by the table or by a writing of its own."""
    for word in WORDS:
        assert word in of_normal_form.DEFINITIONS or word in RULES or word in FUNCTIONS, word
        assert word in of_test.WORDS or OPERATORS[word].meaning, word
