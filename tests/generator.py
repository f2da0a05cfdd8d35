"""Random programs over the whole table of operators, put to everything that gradproof does with a question.

`program(rng)` makes one, `exam(case)` puts it through every door and compares its numbers with differences,
`smallest(case, fault)` cuts a failing one down. Nothing here knows a derivative.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import gradproof as gp
from gradproof.derivation.exchange.json import load_story
from gradproof.elaboration.read import phrase
from gradproof.errors import InternalError, MathError, UnsupportedError
from gradproof.expressions.dims import symbol
from gradproof.expressions.nodes import Expr
from gradproof.operators import build
from gradproof.operators.signature import alternative
from gradproof.operators.table import OPERATORS

Shape = str  # a letter for each axis: "", "n", "nk", "nn"
SIZES = {"n": 3, "k": 2}
VARIABLES: dict[str, Shape] = {
    "c": "", "t": "", "x": "n", "u": "n", "w": "k", "X": "nk", "Y": "nk", "A": "nn", "B": "kk", "S": "nn",
}  # fmt: skip
PROPERTIES = ("symmetric", "spd", "diagonal", "antisymmetric", "orthogonal")
FORMATS = ("text", "ascii", "latex", "markdown", "json")
NOTATIONS = ("frobenius", "index")
# What is left out here: words that only results contain, those of points and choices (eigenvectors, places),
# and those that another test examines by itself.
LEFT_OUT = {
    "root", "argmin", "trigamma", "invgaps", "eigvecs", "svd_u", "svd_v", "polar", "spec_uv", "eigvals",
    "svdvals", "dexpm", "dlogm", "dpow", "sylvester", "norm_nuc", "norm_spec", "khatri_rao", "kron", "vec",
    "mul", "had", "T", "frob", "clip", "normp",
}  # fmt: skip


class Tree(NamedTuple):
    """An expression that can be cut down: how it is built, from what, and its shape."""

    make: Callable[..., Expr]
    parts: tuple[Tree, ...]
    shape: Shape

    def expr(self) -> Expr:
        """The expression."""
        return self.make(*(part.expr() for part in self.parts))


class Case(NamedTuple):
    """A question: statements by name, the objective, the variable, the kind, the property of S."""

    statements: tuple[tuple[str, Tree], ...]
    objective: Tree
    variable: str
    kind: str
    declared: str

    @property
    def text(self) -> str:
        """The question as a person would type it."""
        lines = [f"{name} = {tree.expr()}" for name, tree in self.statements]
        return "; ".join([*lines, str(self.objective.expr())])

    @property
    def shapes(self) -> dict[str, tuple[str, ...]]:
        """The shapes of the names that are there."""
        there = {str(leaf) for tree in self.trees for leaf in leaves(tree.expr())}
        return {name: tuple(shape) for name, shape in VARIABLES.items() if name in there}

    @property
    def trees(self) -> list[Tree]:
        """The statements' trees, and the objective's."""
        return [*(tree for _, tree in self.statements), self.objective]

    @property
    def assumed(self) -> dict[str, list[str]]:
        """What is declared of S."""
        return {"S": [self.declared]} if self.declared and "S" in self.shapes else {}

    def __str__(self) -> str:
        return f"{self.kind} of {self.text} by {self.variable}, {self.shapes}, {self.assumed}"


class Fault(AssertionError):
    """What is wrong with a case; `kind` is the same for the same fault of a smaller case."""

    def __init__(self, kind: str, said: str) -> None:
        super().__init__(f"{kind}: {said}")
        self.kind = kind


# ---- making


def leaves(e: Expr) -> Iterator[Expr]:
    """The names in an expression."""
    if e.op == "name":
        yield e
    for arg in e.args:
        yield from leaves(arg)


def leaf(name: str, shape: Shape) -> Tree:
    """A name as a tree."""
    made = build.name(name, tuple(map(symbol, shape)))
    return Tree(lambda: made, (), shape)


class Maker:
    """Makes trees of a shape. `names` are the variables and the statements so far."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.names = dict(VARIABLES)

    def tree(self, shape: Shape, depth: int) -> Tree:
        """A tree of a shape, at most so deep."""
        if depth <= 0 or self.rng.random() < 0.12:
            return self.end(shape)
        return self.rng.choice(self.ways(shape))(depth - 1)

    def end(self, shape: Shape) -> Tree:
        """A name, or what is made of names at once."""
        fitting = [name for name, other in self.names.items() if other == shape]
        if not fitting and len(shape) == 2:
            return Tree(build.T, (self.end(shape[::-1]),), shape)
        if not shape and self.rng.random() < 0.3:
            over, under = build.num(self.rng.choice((1, 2, 3))), self.rng.choice((1, 1, 2, 3))
            return Tree(lambda: over if under == 1 else build.div(over, build.num(under)), (), "")
        name = self.rng.choice(fitting)
        return leaf(name, shape)

    def ways(self, shape: Shape) -> list[Callable[[int], Tree]]:
        """The ways to make a shape: sums and products, and every word of the table that gives it."""
        found = [*self.products(shape), self.word(shape), self.word(shape), self.word(shape)]
        if len(shape) == 2:
            found.append(lambda d: Tree(build.T, (self.tree(shape[::-1], d),), shape))
        return found

    def products(self, shape: Shape) -> list[Callable[[int], Tree]]:
        """Sums and products of all kinds."""
        both: list[Callable[..., Expr]] = [build.add, lambda a, b: build.add(a, build.neg(b))]
        if shape:
            both.append(build.had)
        made = [lambda d, op=op: Tree(op, (self.tree(shape, d), self.tree(shape, d)), shape) for op in both]
        made.append(lambda d: Tree(build.mul, (self.tree("", d), self.tree(shape, d)), shape))
        made.append(lambda d: Tree(build.div, (self.tree(shape, d), self.positive("", d)), shape))
        made += [self.product(shape, inner) for inner in SIZES]
        if len(shape) == 2:
            made.append(lambda d: Tree(lambda p, q: build.mul(p, build.T(q)),
                                       (self.tree(shape[0], d), self.tree(shape[1], d)), shape))  # fmt: skip
        if not shape:
            made.append(lambda d: Tree(build.frob, (self.tree("nk", d), self.tree("nk", d)), ""))
            made.append(lambda d: Tree(lambda p: build.power(p, build.num(2)), (self.tree("", d),), ""))
        return made

    def product(self, shape: Shape, inner: str) -> Callable[[int], Tree]:
        """A product over an axis."""
        left, right = (shape[:1] + inner, inner + shape[1:]) if shape else (inner, inner)
        op = build.mul if shape else lambda p, q: build.mul(build.T(p), q)
        return lambda d: Tree(op, (self.tree(left, d), self.tree(right, d)), shape)

    def word(self, shape: Shape) -> Callable[[int], Tree]:
        """A word of the table that gives the shape, its arguments where its conditions hold."""
        op, inputs = self.rng.choice(WORDS[len(shape)] if shape != "nk" and shape != "kn" else WORDS[3])

        pattern = OUTPUTS[op, inputs]

        def made(depth: int) -> Tree:
            letters = dict(zip(pattern, shape, strict=True)) if pattern != "*" else {}
            args = []
            for place, given in enumerate(inputs):
                if given == "*":
                    own = shape if pattern == "*" else self.rng.choice(("n", "nk", "nn", ""))
                else:
                    own = "".join(letters.setdefault(letter, self.rng.choice("nk")) for letter in given)
                args.append(self.within(op, place, own, depth))
            return Tree(lambda *parts: build.apply(op, *parts), tuple(args), shape)

        return made

    def within(self, op: str, place: int, shape: Shape, depth: int) -> Tree:
        """An argument for which the conditions of the word hold."""
        letter = "{" + "XZV"[place] + "}"
        needs = " ".join(need for need in OPERATORS[op].requires if letter in need)
        if f"{letter} > " in needs or f"0 < {letter}" in needs:
            inner = self.positive(shape, depth)
            if "< 1" in needs:
                return Tree(lambda p: build.apply("sigmoid", p), (inner,), shape)
            return Tree(lambda p: build.add(build.num(1), p), (inner,), shape) if "> 1" in needs else inner
        if f"|{letter}| < 1" in needs:
            return Tree(lambda p: build.apply("sin", p), (self.tree(shape, depth),), shape)
        if "invertible" in needs and not shape:
            return self.positive(shape, depth)
        if "invertible" in needs or "definite" in needs or "eigenvalue" in needs:
            return Tree(lambda p: build.add(build.mul(p, build.T(p)), build.eye(symbol(shape[0]))),
                        (self.tree(shape, depth),), shape)  # fmt: skip
        return self.tree(shape, depth)

    def positive(self, shape: Shape, depth: int) -> Tree:
        """A tree whose entries are above 0."""
        return Tree(
            lambda p: build.add(build.apply("square", p), build.num(1)), (self.tree(shape, depth),), shape
        )


def _words() -> tuple[list[list[tuple[str, tuple[str, ...]]]], dict[tuple[str, tuple[str, ...]], str]]:
    """The words by how many axes they give (3: a matrix that need not be square), and their outputs."""
    by_axes: list[list[tuple[str, tuple[str, ...]]]] = [[], [], [], []]
    outputs = {}
    for op, row in OPERATORS.items():
        if op in LEFT_OUT or row.stands:
            continue
        for text in row.signatures:
            alt = alternative(text)
            patterns = (*alt.inputs, alt.output)
            if any(p.row or len(p.axes) > 2 or any(len(axis) > 1 for axis in p.axes) for p in patterns):
                continue
            left, _, right = text.partition("->")
            key = op, tuple(left.split(","))
            outputs[key] = right
            square = len(right) == 2 and right[0] == right[1]
            for axes in (0, 1, 2, 3) if right == "*" else (2,) if square else (2, 3) if len(right) == 2 else (
                len(right),):  # fmt: skip
                by_axes[axes].append(key)
    return by_axes, outputs


WORDS, OUTPUTS = _words()


def program(rng: random.Random, depth: int = 3) -> Case:
    """A random question."""
    maker = Maker(rng)
    statements = []
    for name in ("M", "r", "s")[: rng.choice((0, 0, 1, 1, 2))]:
        shape = {"M": rng.choice(("nk", "nn")), "r": "n", "s": ""}[name]
        statements.append((name, maker.tree(shape, depth - 1)))
        maker.names[name] = shape
    kind = rng.choice(("gradient",) * 6 + ("jacobian", "hessian", "jvp", "vjp", "hvp", "differential"))
    shape = rng.choice(("n", "nk")) if kind in ("jacobian", "jvp", "vjp") else ""
    objective = maker.tree(shape, depth if kind not in ("hessian", "hvp") else depth - 1)
    case = Case(tuple(statements), objective, "", kind, rng.choice(("", *PROPERTIES)))
    there = [name for name in VARIABLES if name in case.shapes]
    return case._replace(variable=rng.choice(there)) if there else program(rng, depth)


# ---- examining


def exam(case: Case, seed: int) -> str:
    """Put a question through everything; raises Fault. Returns the verdict's grade, or "refused"."""
    try:
        d = gp.derive(case.text, case.variable, shapes=case.shapes, assume=case.assumed, kind=case.kind)
    except (UnsupportedError, MathError) as problem:
        if problem.code.startswith("GP9"):
            raise Fault(problem.code, str(problem)) from problem
        return "refused"
    except gp.LimitError:
        return "refused"
    except InternalError as problem:
        raise Fault(problem.code, str(problem)) from problem
    except Exception as problem:
        raise Fault(type(problem).__name__, f"{problem}") from problem
    if d.verdict.grade == "refuted":
        raise Fault("refuted", d.verdict.reason)
    try:
        _shown(d, seed)
        _numbers(case, d, seed)
    except (Fault, gp.UnsupportedError, gp.LimitError) as problem:
        if isinstance(problem, Fault):
            raise
    except Exception as problem:
        raise Fault(type(problem).__name__, f"{problem}") from problem
    return d.verdict.grade


def _shown(d: gp.Derivation, seed: int) -> None:
    """In one format and notation of all, in turn; results are read back, JSON too."""
    format, notation = FORMATS[seed % 5], NOTATIONS[seed % 2]
    steps = ("short", "full", "none")[seed % 3]
    if not d.show(notation, format, steps):
        raise Fault("empty page", format)
    env = {str(name): name for name, _ in d.result.definitions} | {e.data[0]: e for e in _names(d)}
    env |= {letter: build.size(symbol(letter)) for letter in SIZES}
    again = phrase(str(d.result.expr), env)
    if again is not d.result.expr:
        raise Fault("read back", f"{d.result.expr} is read as {again}")
    if format == "json":
        load_story(d.to_json())


def _names(d: gp.Derivation) -> Iterator[Expr]:
    for root in (d.result.expr, *(what for _, what in d.result.definitions)):
        yield from leaves(root)
    yield from (name for name, _ in d.program.statements)


def _numbers(case: Case, d: gp.Derivation, seed: int) -> None:
    """The derivative along a direction is a difference, at one of three points."""
    wrong = ""
    for more in range(3):
        rng = np.random.default_rng(1000 * seed + more)
        found = _compared(case, d, rng)
        if found is None or not found:
            return
        wrong = found
    raise Fault(f"number, {d.verdict.grade}", wrong)


def _compared(case: Case, d: gp.Derivation, rng: np.random.Generator) -> str | None:
    """None where nothing can be compared (a value is not finite), "" where all is well, else what is not."""
    lower = {"hessian": "gradient", "hvp": "gradient"}.get(case.kind)
    point = _point(case, rng)
    way = _direction(case, rng)
    kind = lower or ("jacobian" if case.kind in ("jacobian", "jvp", "vjp") else "gradient")
    plain = gp.derive(case.text, case.variable, shapes=case.shapes, prove=False, kind=kind)
    run = plain.compile("numpy", value=lower is None)

    def value(step: float) -> Any:
        moved = run(**_given(run, {**point, case.variable: point[case.variable] + step * way}))
        return np.asarray(moved if lower else moved[0], float)

    with np.errstate(all="ignore"):
        h = 1e-4
        wanted = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
        size = 1 + np.max(np.abs(value(0.0)), initial=0) + np.max(np.abs(wanted), initial=0)
        if not np.all(np.isfinite(wanted)) or size > 1e5:
            return None
        got, wanted = _along(case, d, point, way, wanted, rng)
    if not np.all(np.isfinite(got)):
        return None
    if np.shape(got) != np.shape(wanted):
        return f"{case}: shape {np.shape(got)}, not {np.shape(wanted)}"
    if not np.all(np.abs(got - wanted) <= 1e-5 * size) and _smooth(value, size):
        return f"{case}: {d.result} gives {got}, the difference is {wanted}, at {point}"
    return ""


def _smooth(value: Callable[[float], Any], size: float) -> bool:
    """Whether the differences to both sides agree, so that there is a derivative to be compared with."""
    with np.errstate(all="ignore"):
        middle, h = value(0.0), 1e-5
        return bool(np.all(np.abs(value(h) + value(-h) - 2 * middle) <= 1e-2 * h * size))


def _along(case: Case, d: gp.Derivation, point: Any, way: Any, wanted: Any, rng: np.random.Generator) -> Any:
    """Our derivative along a direction, and what it should be."""
    f = d.compile("numpy")
    if case.kind in ("jvp", "hvp", "differential"):
        return np.asarray(f(**_given(f, {**point, f"d{case.variable}": way})), float), wanted
    if case.kind == "vjp":
        cotangent = rng.normal(size=np.shape(wanted))
        name = next(n for n in _arguments(f) if n not in point)
        made = np.asarray(f(**_given(f, {**point, name: cotangent})), float)
        return np.sum(made * way), np.sum(cotangent * wanted)
    array = np.asarray(f(**_given(f, point)), float)
    return np.tensordot(array, way, np.ndim(way)) if np.ndim(way) else array * way, wanted


def _arguments(f: Any) -> list[str]:
    return list(inspect.signature(f).parameters)


def _given(f: Any, point: dict[str, Any]) -> dict[str, Any]:
    wanted = _arguments(f)
    return {name: value for name, value in {**SIZES, **point}.items() if name in wanted}


def _point(case: Case, rng: np.random.Generator) -> dict[str, Any]:
    point = {name: rng.normal(size=[SIZES[i] for i in shape]) * 0.7 for name, shape in case.shapes.items()}
    if case.assumed:
        s = point["S"]
        point["S"] = {
            "symmetric": s + s.T, "spd": s @ s.T + np.eye(len(s)), "diagonal": np.diag(np.diag(s)),
            "antisymmetric": s - s.T, "orthogonal": np.linalg.qr(s)[0],
        }[case.declared]  # fmt: skip
    return point


def _direction(case: Case, rng: np.random.Generator) -> Any:
    """Any direction: entries are independent, also those of a variable with a property."""
    return rng.normal(size=[SIZES[i] for i in VARIABLES[case.variable]])


# ---- cutting down


def smallest(case: Case, fault: Fault, seed: int, tries: int = 300) -> tuple[Case, Fault]:
    """The smallest case found that has the same kind of fault."""
    done = False
    while not done:
        done = True
        for smaller in _smaller(case):
            tries -= 1
            if tries < 0:
                return case, fault
            if smaller.variable not in smaller.shapes:
                continue
            try:
                exam(smaller, seed)
            except Fault as problem:
                if problem.kind == fault.kind:
                    case, fault, done = smaller, problem, False
                    break
    return case, fault


def _smaller(case: Case) -> Iterator[Case]:
    if case.declared:
        yield case._replace(declared="")
    for place, (name, tree) in enumerate(case.statements):
        rest = (*case.statements[:place], *case.statements[place + 1 :])
        used = {str(one) for _, other in rest for one in leaves(other.expr())}
        if name not in used | {str(one) for one in leaves(case.objective.expr())}:
            yield case._replace(statements=rest)
        for cut in _cut(tree):
            changed = (*case.statements[:place], (name, cut), *case.statements[place + 1 :])
            yield case._replace(statements=changed)
    for cut in _cut(case.objective):
        yield case._replace(objective=cut)


def _cut(tree: Tree) -> Iterator[Tree]:
    """Trees of the same shape with less in them."""
    if tree.parts:
        yield from (leaf(name, tree.shape) for name, shape in VARIABLES.items() if shape == tree.shape)
    yield from (part for part in tree.parts if part.shape == tree.shape)
    for place, part in enumerate(tree.parts):
        for cut in _cut(part):
            yield tree._replace(parts=(*tree.parts[:place], cut, *tree.parts[place + 1 :]))
