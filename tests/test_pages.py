"""Sentences keep what they speak of, and every format writes every block of a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args
from xml.etree import ElementTree

import pytest

import gradproof as gp
from gradproof.calculus import adjoint
from gradproof.calculus.differential import Condition, Move, constant, differential
from gradproof.derivation.structured_variables import _ROWS
from gradproof.elaboration.read import read
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.expressions.sentences import Formula, Sentence, joined, law, parts_of, say
from gradproof.operators import build as b
from gradproof.operators.signature import alternative
from gradproof.operators.table import OPERATORS
from gradproof.rendering.formats import FORMATS, write
from gradproof.rendering.formula.boxes import Box, frac, infix, name, paint, row, sub, terms
from gradproof.rendering.formula.mathml import MATHML
from gradproof.rendering.formula.speech import SPEECH
from gradproof.rendering.formula.text import UNICODE
from gradproof.rendering.page import model
from gradproof.rendering.page.model import Code, Equation, Math, Row, Words, text
from gradproof.rendering.page.words import words

X, Y, W = name("X"), name("Y"), name("W_1")


def unicode(said: Words) -> str:
    return "".join(paint(word.box, UNICODE) if isinstance(word, Math) else word.text for word in said)


# ---- sentences


def test_a_sentence_is_a_text_that_keeps_its_expressions() -> None:
    A, B, x = b.name("W_1"), b.name("beta"), b.name("x")
    said = constant([A, B, x, A])
    assert said == "W_1, beta and x are constant"
    assert [part for part in said.parts if isinstance(part, Expr)] == [A, B, x]
    assert unicode(words(said)) == "W1, β and x are constant"
    assert unicode(words(said, language=True)) == said
    both = joined([said, say("product rule")])
    assert both == "W_1, beta and x are constant; product rule"
    assert both.clauses == (said, "product rule")
    assert parts_of("plain") == ("plain",)
    assert say("{1} by {0}", "one", say("two of {}", x)) == "two of x by one"


CONDITIONS = [
    ("{X} ≠ 0", "inv(X) ≠ 0", "X⁻¹ ≠ 0"),
    ("{X} > 0 in every entry", "inv(X) > 0 in every entry", "X⁻¹ > 0 in every entry"),
    ("{X} is invertible", "inv(X) is invertible", "X⁻¹ is invertible"),
    ("0 < {X} < 1", "0 < inv(X) < 1", "0 < X⁻¹ < 1"),
    ("{X} ≠ 0 and {X} ≠ 6", "inv(X) ≠ 0 and inv(X) ≠ 6", "X⁻¹ ≠ 0 and X⁻¹ ≠ 6"),
    ("rowvar({X}) + {Z} > 0", "rowvar(inv(X)) + beta > 0", "rowvar(X⁻¹) + β > 0"),
]


@pytest.mark.parametrize(("template", "plain", "shown"), CONDITIONS)
def test_conditions_are_mathematics(template: str, plain: str, shown: str) -> None:
    e = read("inv(X)", shapes={"X": ("n", "n")}).objective
    said = Condition(template, (e, b.name("beta"))).said()
    assert said == plain
    assert unicode(words(said)) == shown


def laws() -> Iterator[Formula]:
    """The formulas that the tables write in two ways: in the language, and on a line."""
    tables = [vars(adjoint).values(), (why for _, why in adjoint._NAMES.values())]
    for table in tables:
        for sentence in table:
            for part in parts_of(sentence) if isinstance(sentence, Sentence) else ():
                if isinstance(part, Formula):
                    yield part
    for one in _ROWS.values():
        yield law(one.projection, one.shown)
        yield law(one.entries or "H", one.shown_entries or "H")
        yield from (law(*pair) for pair in one.about)


@pytest.mark.parametrize("formula", list(dict.fromkeys(laws())), ids=str)
def test_what_is_shown_is_the_law(formula: Formula) -> None:
    """The line and the text in the language are the same formula: without signs of grouping they agree."""
    made = unicode(words(say("{}", formula._replace(shown=""))))
    bare = str.maketrans("", "", " ()")
    same = {"1/2": "½", "/2": "", "½": ""}
    left, right = made.translate(bare), str(formula).translate(bare)
    for old, new in same.items():
        left, right = left.replace(old, new), right.replace(old, new)
    assert left == right


@pytest.mark.parametrize("name_of", [row.name for row in OPERATORS.values() if row.differential])
def test_every_differential_of_the_table_is_set_as_mathematics(name_of: str) -> None:
    """No reason of a page holds the law as it is typed."""
    one = OPERATORS[name_of]
    for signature in one.signatures:
        move = _moved(one.name, signature)
        if move is None:
            continue
        said = words(move.why)
        assert not any(isinstance(word, model.Text) and "dX" in word.text for word in said), move.why
        assert unicode(said).startswith("d ") or name_of in move.why


def _moved(op: str, signature: str) -> Move | None:
    """The differential of an operator by its first argument; None where it is not applied like that."""
    args = []
    for letter, pattern in zip("XZV", alternative(signature).inputs, strict=False):
        axes = tuple(symbol({"i": "m", "j": "n"}.get(axis[0], axis[0])) for axis in pattern.axes)
        args.append(b.name(letter, (symbol("m"), symbol("n")) if pattern.any else axes, row=pattern.row))
    try:
        e = b.apply(op, *args)
        return differential(e, lambda part: part is args[0], lambda call, k: call, e)
    except gp.GradproofError:
        return None


# ---- pages

SAID = (*text("R < 1 & "), Math(row(X, Y)), Code("frob-left"))
EQUATION = Equation(frac(name("a"), name("b")), infix("frob", X, row(Y, W)), Box("shape", "", (X, Y)), SAID)
BLOCKS: dict[type, model.Block] = {
    model.Heading: model.Heading(text("a title"), 2),
    model.Head: model.Head(
        (((model.Known(X, Box("prose", "scalar"), "symmetric"),), "inferred"),),
        ((name("L"), (model.Text("unknown function, "), Math(Box("spaces", "n -> m")))),),
        ((EQUATION, None),),
    ),
    model.Section: model.Section(
        (Math(X),), (EQUATION,),
        (Row("1", X, terms("+-", (X, Y)), SAID), Row("1.1", None, infix("to", X, Y), SAID, inner=True)),
        EQUATION, (SAID,),
    ),
    model.Equations: model.Equations((EQUATION, EQUATION)),
    model.Tail: model.Tail((SAID,), (SAID,), "proved for all sizes", "4 steps"),
    model.Paragraph: model.Paragraph(SAID),
    model.Remarks: model.Remarks((SAID, SAID)),
    model.Judgement: model.Judgement("wrong", SAID, (("yours", SAID), ("", SAID))),
    model.Lines: model.Lines(
        (model.Line("1", "f = <x>", "", SAID), model.Line("2", "y & z", "wrong", SAID, (SAID,), (0, 1)))
    ),
    model.Path: model.Path(SAID, ((X, SAID), (sub(X, "ij"), SAID))),
    model.Chapter: model.Chapter("Rules", "What\nfollows"),
    model.Entry: model.Entry("d-inv", "of an inverse", ("d(X) = <Y>",), ("because X & Y",)),
    model.Entries: model.Entries(("a", "b", "c", "d"), (model.Entry("inv", "inverse", ("dY = x_1",)),)),
    model.Names: model.Names("GP1", "Syntax", (("GP101", "a | b"),)),
    model.Listing: model.Listing("f = x\n  <b>", "console"),
}  # fmt: skip


def test_each_kind_of_block_is_tried() -> None:
    assert set(BLOCKS) == set(get_args(model.Block))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", BLOCKS, ids=lambda kind: kind.__name__)
def test_every_format_writes_every_block(kind: type, format: str) -> None:
    empty, made = write((), format), write((BLOCKS[kind],), format)
    assert len(made) > len(empty) + 5


@pytest.mark.parametrize("notation", ["frobenius", "index", "both"])
def test_a_page_of_html_is_well_formed_and_alone(notation: str) -> None:
    d = gp.derive("L(X*W') + norm2(A_1'*X - B)^2 + sum(relu(X))", "X")
    page = d.show(notation, format="html", steps="full")
    body = page[page.index("<main>") : page.index("</main>") + 7].replace("&nbsp;", " ")
    tree = ElementTree.fromstring(body)
    whole = {id(one) for span in tree.iter("span") if span.get("role") == "math" for one in span.iter("math")}
    assert all(span.get("aria-label") for span in tree.iter("span") if span.get("role") == "math")
    formulas = list(tree.iter("math"))
    assert formulas and all(one.get("aria-label") or id(one) in whole for one in formulas)
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids)) > 3
    assert "<script" not in page and "http" not in page and "src=" not in page
    arity = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "munder": 2, "msqrt": 1}
    assert all(len(one) == arity[one.tag] for one in tree.iter() if one.tag in arity)


def test_html_escapes_what_a_person_typed() -> None:
    page = write((model.Listing('<script>alert(1)</script> & "x"'), model.Paragraph(text("a < b"))), "html")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "a &lt; b" in page


def test_an_index_and_a_transpose_are_one_element() -> None:
    made = paint(Box("mark", "T", (name("G_Y"),)), MATHML)
    assert made == "<msubsup><mi>G</mi><mi>Y</mi><mi>⊤</mi></msubsup>"


def test_formulas_can_be_read_aloud() -> None:
    assert paint(row(Box("mark", "T", (name("G"),)), X), SPEECH) == "G transposed times X"
    assert paint(infix("frob", X, Box("diff", "", (Y,))), SPEECH) == "X Frobenius product with d Y"
