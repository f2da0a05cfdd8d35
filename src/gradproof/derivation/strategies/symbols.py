"""Unknown functions in a story: what their derivatives are called, and how the heading explains them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.build import call, derivative, name, partial, positions


def label(given: str, objective: Expr, statements: Sequence[tuple[Expr, Expr]], parts: bool) -> str:
    """What the objective is called: as the person does, L for L(Y), else f, or F beside another f.

    parts   some gradient has several parts: then f also for L(x, y), for ∂L/∂x is one of them
    """
    if given:
        return given
    if objective.op == "call" and (len(objective.args) == 1 or not parts):
        return str(objective.data[0])
    roots = [objective, *(body for _, body in statements)]
    used = {str(node.data[0]) for node in postorder(roots) if node.op in ("call", "map", "name", "size")}
    return next((text for text in ("f", "F", "J", "φ") if text not in used), "f")


def value_axes(e: Expr) -> int:
    """How many axes the values of an unknown function have; e is one of its derivatives."""
    return len(e.axes) - sum(len(e.args[p].axes) for p in positions(e))


def wishes(meaning: Expr, several: bool, beside: bool) -> tuple[str, ...]:
    """What one would like to call a derivative: G, G_Y, J_g, K_t, H, F_xy; the best first.

    beside    another function is applied to the same argument
    several   the function is applied in several places, so its name alone does not tell them apart
    """
    function, by = str(meaning.data[0]), positions(meaning)
    args = [meaning.args[p] for p in by]
    below = "".join(
        str(arg.data[0]) if arg.op == "name" else str(p + 1) for arg, p in zip(args, by, strict=True)
    )
    alone = len(meaning.args) == 1 and bool(args[0].axes)
    if len(by) == 1 and not value_axes(meaning):
        simple = f"G_{below}" if args[0].op == "name" and not (alone and beside) else f"G_{function}"
        return ("G", simple) if alone else (simple,)
    if len(by) == 1 and alone:
        return (f"J_{function}_{below}",) if several else (f"J_{function}",)
    if len(by) == 2 and alone and not value_axes(meaning):
        return (
            (f"H_{args[0]}" if args[0].op == "name" else f"H_{function}",)
            if several
            else ("H", "H_" + function)
        )
    return (f"{function}_{below}",)


def name_of(meaning: Expr, text: str) -> Expr:
    """The name of a derivative; second derivatives by one vector are symmetric."""
    by = positions(meaning)
    twice = len(by) == 2 and by[0] == by[1] and len(meaning.axes) == 2 and not value_axes(meaning)
    return name(text, meaning.axes, ("symmetric",) if twice else (), row=meaning.row)


def symbol(meaning: Expr, objective: Expr, label: Expr) -> Expr:
    """A derivative as the heading says it: ∂L/∂Y, ∂g/∂x; `label` is the objective's name."""
    first, *rest = (meaning.args[p] for p in positions(meaning))
    value = value_axes(meaning)
    whole = call(str(meaning.data[0]), *meaning.args, axes=meaning.axes[:value])
    if not value:
        out = derivative(label if whole is objective and len(whole.args) == 1 else whole, first)
    else:
        out = partial(whole, first)
    for arg in rest:
        out = partial(out, arg)
    return out


def functions(roots: Iterable[Expr]) -> tuple[str, ...]:
    """The unknown functions in some expressions: "L" for a scalar one, else "g: n -> m"."""
    found: dict[str, None] = {}
    for root in roots:
        for node in postorder([root]):
            if node.op == "map" or (node.op == "call" and not node.axes):
                found[str(node.data[0])] = None
            elif node.op == "call":
                takes = ", ".join(map(_space, node.args))
                takes = f"({takes})" if len(node.args) > 1 else takes
                found[f"{node.data[0]}: {takes} -> {_space(node)}"] = None
    return tuple(found)


def _space(e: Expr) -> str:
    return "×".join(map(str, e.axes)) or "scalar"
