"""Long questions end: in work that grows with their length, or with a message that names the limit.

No clock is read here: what a derivation costs is told by `make bench`.
"""

from __future__ import annotations

import pytest

import gradproof as gp
from gradproof.calculus.network.letters import letters
from gradproof.codegen.plan import lower
from gradproof.errors import LimitError, UnsupportedError
from gradproof.proof.evaluation.judge import SLOTS
from gradproof.proof.evaluation.sizes import Sizes
from gradproof.proof.referee import FEW


def net(depth: int) -> str:
    """A tanh net."""
    lines, inner = [], "X"
    for k in range(1, depth + 1):
        lines += [f"Z_{k} = {inner}*W_{k}' + ones(n)*b_{k}'", f"A_{k} = tanh(Z_{k})"]
        inner = f"A_{k}"
    return "; ".join([*lines, f"L({inner})"])


def test_letters_never_run_out_without_a_word() -> None:
    hand = letters("pq", "q")
    assert [next(hand) for _ in range(3)] == ["p", "a", "b"]
    with pytest.raises(LimitError, match="indices, the limit"):
        list(hand)


def test_the_hessian_of_a_deep_net_has_more_indices_than_the_alphabet() -> None:
    made = gp.derive(net(12), "W_1", kind="hessian", prove=False)
    assert "einsum" in str(made.result)
    many = "".join(map(chr, range(0x0410, 0x0410 + 53)))
    with pytest.raises(UnsupportedError, match="52 indices"):
        lower._ascii(f"{many}->")


def test_a_long_product_is_told_by_entries() -> None:
    text = "tr(" + "*".join(f"X*A_{k}" for k in range(8)) + ")"
    assert "Σ" in gp.derive(text, "X").show("index")


def test_a_deep_net_is_proved() -> None:
    text = net(40)
    names = [f"{kind}_{k}" for k in range(1, 41) for kind in "Wb"]
    assert gp.derive(text, names).verdict.grade == "proved"


@pytest.mark.parametrize("slot", range(SLOTS))
def test_a_second_look_has_sizes_at_every_point(slot: int) -> None:
    sizes = Sizes(slot, [f"n{k}" for k in range(40)], different=FEW).known
    assert len(sizes) == 40
    assert all(1 < size < 10 for size in sizes.values())


def test_deep_attention_is_proved() -> None:
    lines, inner = [], "X"
    for k in range(1, 17):
        lines += [f"Q_{k} = {inner}*A_{k}", f"K_{k} = {inner}*B_{k}", f"V_{k} = {inner}*C_{k}"]
        lines += [f"P_{k} = softmax(Q_{k}*K_{k}'/sqrt(d))", f"X_{k} = {inner} + P_{k}*V_{k}"]
        inner = f"X_{k}"
    names = [f"{kind}_{k}" for k in range(1, 17) for kind in "ABC"]
    assert gp.derive("; ".join([*lines, f"L({inner})"]), names).verdict.grade == "proved"
