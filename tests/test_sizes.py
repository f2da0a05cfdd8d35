"""Sizes of the exact test: what holds only where two of them are equal, or in one order, is not right."""

from itertools import combinations, permutations

import pytest

import gradproof as gp
from gradproof.expressions.dims import number, symbol
from gradproof.operators.build import apply, name
from gradproof.proof.evaluation.error_bound import bound
from gradproof.proof.evaluation.evaluator import Shared
from gradproof.proof.evaluation.sizes import DIFFERENT, PAIRS, SQUARE, Sizes, chosen

LETTERS = [f"n{k}" for k in range(40)]
RECTANGULAR = [slot for slot in range(12) if slot != SQUARE]
FIRST = RECTANGULAR[: 2 * PAIRS]


@pytest.mark.parametrize("literals", [(), (1,), (2,), (3,), (2, 5), (3, 4), (10,), (1000,)], ids=str)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, DIFFERENT])
def test_all_sizes_of_a_point_differ(count: int, literals: tuple[int, ...]) -> None:
    for slot in RECTANGULAR:
        given = chosen(LETTERS[:count], frozenset(literals), slot)
        assert len({*given.values(), *literals}) == count + len(literals)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, DIFFERENT])
def test_the_first_two_points_have_both_parities_and_both_orders(count: int) -> None:
    first, second = (chosen(LETTERS[:count], frozenset(), slot) for slot in (0, 1))
    assert all(first[s] % 2 != second[s] % 2 for s in first)
    for a, b in combinations(first, 2):
        assert (first[a] < first[b]) != (second[a] < second[b])


@pytest.mark.parametrize("literal", [2, 3, 4, 5, 9, 24])
@pytest.mark.parametrize("count", [1, 2])
def test_sizes_lie_on_both_sides_of_a_number(count: int, literal: int) -> None:
    points = [chosen(LETTERS[:count], frozenset({literal}), slot) for slot in FIRST]
    for s in LETTERS[:count]:
        assert {point[s] > literal for point in points} == {True, False}


def test_all_orders_of_three_sizes_are_tried() -> None:
    points = [chosen(LETTERS[:3], frozenset(), slot) for slot in FIRST]
    assert {tuple(sorted(LETTERS[:3], key=point.__getitem__)) for point in points} == {
        *permutations(LETTERS[:3])
    }


def test_two_of_four_sizes_differ_in_every_way_while_two_others_do() -> None:
    points = [chosen(LETTERS[:4], frozenset(), slot) for slot in FIRST]
    for a, b, c, d in permutations(LETTERS[:4]):
        assert any(point[a] < point[b] and point[c] < point[d] for point in points)


def test_sizes_return_only_where_there_are_many() -> None:
    points = [chosen(LETTERS, frozenset(), slot) for slot in (0, 2)]
    assert max(map(max, (point.values() for point in points))) <= DIFFERENT + 1
    for a, b in combinations(LETTERS, 2):
        assert any(point[a] != point[b] for point in points)


@pytest.mark.parametrize("order", list(permutations("nkm")))
def test_sizes_that_grow_stay_different(order: tuple[str, ...]) -> None:
    n, k, m = map(symbol, "nkm")
    for slot in RECTANGULAR:
        for needs in ([n - k, n - m - k], [n - k], [k - n, m - k], [n - m, m - number(5)]):
            sizes = Sizes(slot, order, (4,))
            sizes.require(needs)
            given = {**sizes.known}
            assert all(need.value(given) >= 0 for need in needs)
            assert len({*given.values(), 4}) == 4


def test_the_bound_knows_the_sizes() -> None:
    """inv(K) of a matrix with 30 rows has another degree than one with 3."""
    root = apply("inv", name("K", (symbol("n"), symbol("n"))))
    small, large = (bound([root], {}, Shared(), [Sizes(fixed={"n": n})]) for n in (3, 30))
    assert small is not None and large is not None
    assert int(small.split("2^-")[1].split()[0]) > int(large.split("2^-")[1].split()[0])
    twice = bound([root], {}, Shared(), [Sizes(fixed={"n": 3})] * 2)
    assert twice is not None and twice != small


# ---- claims that are right for some sizes only


TALL = "norm2(X*inv(X'*X)*X'*b - b)^2"  # zero where X is square
SHAPES = {"X": ("s", "t"), "A": ("n", "k"), "B": ("k", "m"), "C": ("m", "p"), "D": ("p", "n")}


@pytest.mark.parametrize(
    "objective, shapes",
    [
        (f"exp(tr(A*B*C*D))*{TALL}", SHAPES),
        (f"exp(tr(A*B*C))*{TALL}", SHAPES | {"C": ("m", "n")}),
        (f"exp(tr(A*B))*{TALL}", SHAPES | {"B": ("k", "n")}),
        (f"exp(sum(A))*{TALL}", {"X": (5, "t"), "A": ("n", "k")}),
        (f"exp(sum(A))*{TALL}", {"X": ("s", 2), "A": ("n", "k")}),
        (f"exp(sum(A))*{TALL}", {"X": ("s", 7), "A": ("n", "k")}),
        ("exp(sum(A))*det(X*X')*det(Y'*Y)*det(Z*Z')", {"X": ("s", "t"), "Y": ("u", "v"), "Z": ("q", "s")}),
        (f"exp(sum(A))*det(Y*Y')*{TALL}", {"X": ("s", "t"), "Y": ("u", "v")}),
        (f"exp(sum(A))*det(Y'*Y)*{TALL}", {"X": ("s", "t"), "Y": ("u", "v")}),
        (f"exp(sum(A))*{TALL}*norm2(Y'*inv(Y*Y')*Y*c - c)^2", {"X": ("s", "t"), "Y": ("u", "v")}),
        ("exp(sum(A))*det(X*Y)*det(Y*X)", {"X": ("s", "t"), "Y": ("t", "s"), "A": ("n", "k")}),
    ],
)
def test_a_gradient_that_is_zero_for_some_sizes_only(
    objective: str, shapes: dict[str, tuple[str | int, ...]]
) -> None:
    verdict = gp.check(objective, "A", "0*A", shapes=shapes)
    assert verdict.grade == "refuted", verdict.reason
