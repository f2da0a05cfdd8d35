"""Sizes: equal ones are one object, and one that nobody holds is forgotten."""

import gc

import gradproof as gp
from gradproof.expressions import dims, nodes
from gradproof.expressions.dims import number, symbol


def test_equal_sizes_are_one_object() -> None:
    n, m = symbol("n"), symbol("m")
    assert n * m + number(1) is number(1) + m * n
    assert (n * n + n).over(2) is (n + n * n).over(2)
    assert str(n - m) == "n - m"


def test_a_long_run_keeps_no_size_and_no_node() -> None:
    """A server is asked about other sizes with every question: what it holds does not grow."""
    held = []
    for k in range(4):
        text = f"norm2(X*W' - T)^2/n{k} where X: n{k}×k{k}, T: n{k}×m{k}, W: m{k}×k{k}"
        assert gp.derive(text, "W").result.shape == (f"m{k}", f"k{k}")
        gc.collect()
        held.append((len(dims._INTERNED), len(nodes._INTERNED)))
    assert held[1:] == held[:1] * 3
    assert not any(str(size) in ("n0", "k1", "m2") for size in dims._INTERNED.values())
