"""Pairs of equal expressions, at random: one composed from names of all shapes, the other made of it by a few
identities. Plain trees, which know nothing of gradproof but its spelling."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

Tree = tuple[Any, ...]
SHAPES = {
    "X": "nk", "W": "mk", "A": "mn", "B": "nn", "C": "nn", "S": "nn", "D": "nk", "x": "n", "y": "n", "b": "m",
    "w": "k", "c": "", "s": "",
}  # fmt: skip
WHERE = (
    "X: n×k, W: m×k, A: m×n, B: n×n, C: n×n, S: n×n symmetric, D: n×k, x: n, y: n, b: m, w: k, "
    "c: scalar, s: scalar"
)
SPELLED = {
    "T": "({0})'", "add": "({0} + {1})", "sub": "({0} - {1})", "had": "({0}.*{1})", "neg": "(-{0})",
    "scale": "({0}*{1})", "div": "({0}/{1})", "mul": "({0}*{1})", "frob": "({0}:{1})", "nsq": "norm2({0})^2",
}  # fmt: skip
LONGEST = 90


def shape(tree: Tree) -> str:
    """A letter an axis; ~ before that of a row."""
    op, first = tree[0], tree[1]
    if op == "name":
        return SHAPES[first]
    if op == "ones":
        return str(first)
    if op == "einsum":
        return shape(tree[4])
    if op in ("frob", "tr", "sum", "nsq", "num"):
        return ""
    one = shape(tree[2] if op == "scale" else first)
    if op == "T":
        return one[1:] if one.startswith("~") else "~" + one if len(one) == 1 else one[::-1]
    if op in ("diag", "rowsum"):
        return one * 2 if op == "diag" else one[0]
    if op != "mul":
        return one
    other = shape(tree[2])
    if one.startswith("~"):
        return "~" + other[1] if len(other) == 2 else ""
    return one + other[1:] if other.startswith("~") else one[0] + (other[1:] if len(other) == 2 else "")


def text(tree: Tree) -> str:
    """A tree in the language."""
    op, *args = tree
    if op in ("name", "num"):
        return str(args[0])
    if op == "ones":
        return f"ones({args[0]})"
    if op == "einsum":
        return f'einsum("{args[0]},{args[1]}->{args[2]}", {text(args[4])}, {text(args[5])})'
    return SPELLED.get(op, op + "({0})").format(*map(text, args))


def composed(chance: Random, want: str, depth: int) -> Tree:
    """A random tree of a shape."""
    names = [name for name, sizes in SHAPES.items() if sizes == want]
    if names and (depth == 0 or chance.random() < 0.15):
        return ("name", chance.choice(names))
    if not names and depth == 0 and len(want) == 2:
        turned = [name for name, sizes in SHAPES.items() if sizes == want[::-1]]
        if turned:
            return ("T", ("name", chance.choice(turned)))

    def part(sizes: str) -> Tree:
        return composed(chance, sizes, max(depth - 1, 0))

    if want == "":
        return _scalar(chance, part)
    ops = ["mul", "mul", "add", "sub", "had", "scale", "div", "neg", "tanh"]
    ops += (
        ["T", "outer", *(["inv", "diag"] if want[0] == want[-1] else [])]
        if len(want) == 2
        else ["diagonal", "rowsum"]
    )
    op = chance.choice(ops)
    if op == "mul":
        middle = chance.choice("nkm")
        return ("mul", part(want[0] + middle), part(middle + want[1:]))
    if op == "scale":
        return ("scale", chance.choice([("name", "c"), ("name", "s"), ("num", 2), ("num", 3)]), part(want))
    if op == "div":
        return ("div", part(want), chance.choice([("name", "c"), ("num", 2), ("name", "s")]))
    made: dict[str, Any] = {
        "T": lambda: ("T", part(want[::-1])),
        "outer": lambda: ("mul", part(want[0]), ("T", part(want[1]))),
        "inv": lambda: ("inv", ("name", chance.choice("BCS"))),
        "diag": lambda: ("diag", part(want[0])),
        "diagonal": lambda: ("mul", ("diag", part(want)), part(want)),
        "rowsum": lambda: ("rowsum", part(want + chance.choice("nkm"))),
        "neg": lambda: ("neg", part(want)),
        "tanh": lambda: ("tanh", part(want)),
    }
    return made[op]() if op in made else (op, part(want), part(want))


def _scalar(chance: Random, part: Any) -> Tree:
    op, sizes, size = (
        chance.choice(["frob", "inner", "tr", "nsq", "sum"]),
        chance.choice(["nk", "mk", "nn"]),
        chance.choice("nmk"),
    )
    if op == "frob":
        return ("frob", part(sizes), part(sizes))
    if op == "inner":
        return ("mul", ("T", part(size)), part(size))
    return (op, part({"tr": "nn", "nsq": size, "sum": sizes}[op]))


def _column(tree: Tree) -> bool:
    return len(shape(tree)) == 1


def _matrix(tree: Tree) -> bool:
    return len(shape(tree)) == 2 and not shape(tree).startswith("~")


def forms(tree: Tree) -> Iterator[Tree]:
    """Other ways to write the root."""
    op, *args = tree
    yield from _FORMS[op](tree, *args) if op in _FORMS else ()
    if op in ("add", "had", "frob"):
        yield (op, args[1], args[0])
    if op in ("mul", "had", "frob") and args[1][0] in ("add", "sub"):
        yield (args[1][0], (op, args[0], args[1][1]), (op, args[0], args[1][2]))
    if op in ("tr", "sum", "T", "rowsum") and args[0][0] in ("add", "sub"):
        yield (args[0][0], (op, args[0][1]), (op, args[0][2]))
    if op in ("mul", "had", "frob") and args[1][0] == "neg":
        yield ("neg", (op, args[0], args[1][1]))
    if op in ("mul", "T", "tr") and args[-1][0] == "scale":
        yield ("scale", args[-1][1], (op, *args[:-1], args[-1][2]))
    if op in ("mul", "T", "tr") and args[-1][0] == "div":
        yield ("div", (op, *args[:-1], args[-1][1]), args[-1][2])


def _of_T(tree: Tree, a: Tree) -> Iterator[Tree]:
    if a[0] == "mul":
        yield ("mul", ("T", a[2]), ("T", a[1]))
    if a[0] == "T":
        yield a[1]
    if a[0] in ("tanh", "inv", "neg"):
        yield (a[0], ("T", a[1]))
    if a == ("name", "S"):
        yield a


def _of_mul(tree: Tree, a: Tree, b: Tree) -> Iterator[Tree]:
    if b[0] == "mul" and shape(("mul", a, b[1])):
        yield ("mul", ("mul", a, b[1]), b[2])
    if a[0] == "diag" and _column(b):
        yield ("had", a[1], b)
    if a[0] == "T" and _column(a[1]) and _column(b):
        yield from (("mul", ("T", b), a[1]), ("frob", a[1], b), *((("nsq", b),) if a[1] == b else ()))
    if _matrix(a) and _matrix(b):
        yield from (("T", ("mul", ("T", b), ("T", a))), ("einsum", "ij", "jk", "ik", tree, a, b))
    if _matrix(a) and _column(b):
        yield ("einsum", "ij", "j", "i", tree, a, b)


def _of_sub(tree: Tree, a: Tree, b: Tree) -> Iterator[Tree]:
    yield from (("neg", ("sub", b, a)), ("add", ("neg", b), a))


def _of_scale(tree: Tree, c: Tree, a: Tree) -> Iterator[Tree]:
    if c == ("num", 2):
        yield ("add", a, a)
    if a[0] in ("add", "sub"):
        yield (a[0], ("scale", c, a[1]), ("scale", c, a[2]))
    if a[0] == "mul" and shape(a):
        yield ("mul", ("scale", c, a[1]), a[2])


def _of_div(tree: Tree, a: Tree, c: Tree) -> Iterator[Tree]:
    yield ("scale", ("div", ("num", 1), c), a)
    if a[0] in ("add", "sub"):
        yield (a[0], ("div", a[1], c), ("div", a[2], c))


def _of_frob(tree: Tree, a: Tree, b: Tree) -> Iterator[Tree]:
    if _matrix(a):
        yield from (("tr", ("mul", ("T", a), b)), ("sum", ("had", a, b)))
    else:
        yield ("mul", ("T", a), b)


def _of_tr(tree: Tree, a: Tree) -> Iterator[Tree]:
    yield ("tr", ("T", a))
    if a[0] == "mul":
        yield ("tr", ("mul", a[2], a[1]))


_FORMS: dict[str, Any] = {
    "T": _of_T, "mul": _of_mul, "sub": _of_sub, "scale": _of_scale, "div": _of_div, "frob": _of_frob,
    "tr": _of_tr, "had": lambda tree, a, b: [("mul", ("diag", a), b)] if _column(tree) else [],
    "nsq": lambda tree, a: [("mul", ("T", a), a)],
    "rowsum": lambda tree, a: [("mul", a, ("ones", shape(a)[1]))],
    "sum": lambda tree, a: [("frob", a[1], a[2])] if a[0] == "had" else [],
}  # fmt: skip


def places(tree: Tree, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Tree]]:
    """Every part, with the way to it."""
    yield path, tree
    for k, part in enumerate(tree):
        if isinstance(part, tuple) and not (tree[0] == "einsum" and k == 5):
            yield from places(part, (*path, k))


def replaced(tree: Tree, path: tuple[int, ...], new: Tree) -> Tree:
    """The tree with one part replaced."""
    if not path:
        return new
    k = path[0]
    return (*tree[:k], replaced(tree[k], path[1:], new), *tree[k + 1 :])


def pairs(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """So many pairs of texts, the same for the same seed."""
    chance = Random(seed)
    while count:
        start = goal = composed(
            chance, chance.choice(["nk", "nk", "n", "n", "", "nn", "mn"]), chance.choice([2, 2, 3])
        )
        for _ in range(chance.choice([1, 2, 2, 3, 4])):
            choices = [(path, form) for path, part in places(goal) for form in forms(part)]
            if choices:
                goal = replaced(goal, *chance.choice(choices))
        if text(goal) != text(start) and max(len(text(start)), len(text(goal))) <= LONGEST:
            count -= 1
            yield text(start), text(goal)
