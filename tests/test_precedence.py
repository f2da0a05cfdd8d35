"""One order of signs: the parser reads by it, and what is written in other ways agrees with it."""

from __future__ import annotations

import ast
from itertools import product

import pytest

from gradproof.codegen.numpy.spellings import SPELLINGS
from gradproof.elaboration.read import read
from gradproof.language.parse import parse
from gradproof.language.syntax.precedence import COMPARISON, INFIX, LEVELS, POWER
from gradproof.language.syntax.tree import Node
from gradproof.rendering.formula.matrix import matrix

SIGNS = [sign for sign, kind in INFIX.items() if LEVELS[kind] > COMPARISON]


def tree(node: Node) -> str:
    return f"({node.kind} {' '.join(map(tree, node.args))})" if node.args else node.text


@pytest.mark.parametrize(("first", "second"), list(product(SIGNS, SIGNS)))
def test_the_tighter_sign_binds_and_else_the_left_one(first: str, second: str) -> None:
    one, other = INFIX[first], INFIX[second]
    if LEVELS[one] == LEVELS[other] == POWER:
        return  # a^b^c is asked about
    read_so = tree(parse(f"x {first} y {second} z").statements[0].node)
    left = f"({other} ({one} x y) z)"
    assert read_so == (left if LEVELS[one] >= LEVELS[other] else f"({one} x ({other} y z))")


@pytest.mark.parametrize(("sign", "kind"), [(sign, INFIX[sign]) for sign in SIGNS])
def test_a_minus_holds_tighter_than_all_but_powers(sign: str, kind: str) -> None:
    read_so = tree(parse(f"-x {sign} y").statements[0].node)
    assert read_so == (f"(neg ({kind} x y))" if LEVELS[kind] > LEVELS["neg"] else f"({kind} (neg x) y)")


# One expression for each kind that formulas have a level for. A minus is looser there, as the eye takes it:
# it makes no difference to a product.
WRITTEN = [("add", "A + B"), ("frob", "A:B"), ("had", "A.*B"), ("mul", "A*B"), ("pow", "A^2"), ("T", "A'")]


def test_formulas_agree() -> None:
    formulas = [matrix(read(f"{text} where A: n×n, B: n×n").objective).level for _, text in WRITTEN]
    assert [LEVELS[kind] for kind, _ in WRITTEN] == sorted(LEVELS[kind] for kind, _ in WRITTEN)
    assert formulas == sorted(formulas)


SPELLED = {"add": "plus", "sub": "minus", "mul": "times", "div": "over", "neg": "neg", "pow": "power"}


def test_generated_code_agrees() -> None:
    for (one, first), (other, second) in product(SPELLED.items(), SPELLED.items()):
        if LEVELS[one] < LEVELS[other]:
            assert SPELLINGS[first].level < SPELLINGS[second].level


@pytest.mark.parametrize(("loose", "tight"), [("+", "*"), ("-", "/"), ("*", "**"), ("+", "**"), ("@", "**")])
def test_python_agrees(loose: str, tight: str) -> None:
    whole = ast.parse(f"x {loose} y {tight} z", mode="eval").body
    assert isinstance(whole, ast.BinOp) and isinstance(whole.right, ast.BinOp)
