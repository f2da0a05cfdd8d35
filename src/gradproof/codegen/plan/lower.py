"""From expressions to a plan: what every word of gradproof becomes as an array operation.

Only the words and their kinds are here; products are in `products`, spellings with each target.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

from gradproof.codegen.plan.model import Builder
from gradproof.codegen.plan.products import choice, product
from gradproof.elaboration.definitions import meaning
from gradproof.elaboration.read import phrase
from gradproof.errors import InternalError, UnsupportedError
from gradproof.expressions.dims import Dim
from gradproof.expressions.nodes import Expr
from gradproof.expressions.walk import postorder
from gradproof.operators.blocks import TRIANGLES, blocks
from gradproof.operators.signs import facts
from gradproof.operators.sized_operators import NODES
from gradproof.operators.table import OPERATORS

KINDS = {"hdiv": "over", "normF": "norm2"}  # words whose kind has another name


class Lowering:
    """The values of expressions so far; shared parts have one value.

    spelled  the kinds that the target has a text for: what it has none for is said in other words, where
             there are any
    """

    def __init__(self, inputs: tuple[Expr, ...], spelled: Collection[str]) -> None:
        self.spelled = spelled
        self.build = Builder()
        self.known: dict[Expr, int] = {}
        self.defined: dict[int, str] = {}
        self.functions: dict[str, None] = {}
        self._texts: dict[str, int] = {}
        for name in inputs:
            text = str(name.data[0])
            self.known[name] = self.build.leaf("input", text, rank=len(name.axes))
            self._texts[text] = self.known[name]

    def define(self, name: Expr, e: Expr) -> None:
        """A named statement."""
        value = self.value(e)
        self.known[name] = value
        text = str(name)
        self._texts[text] = value
        if self.build.values[value].kind != "input":
            self.defined.setdefault(value, text)

    def value(self, root: Expr) -> int:
        """The number of an expression's value."""
        for node in postorder([root], stop=lambda n: n in self.known):
            if node not in self.known:
                said = self._said(node)
                self.known[node] = self._node(node) if said is None else self.value(said)
        return self.known[root]

    def _said(self, e: Expr) -> Expr | None:
        """A word without code of its own, in other words."""
        row = OPERATORS.get(e.op)
        known = e.op in self.spelled or e.op in SPECIAL
        return meaning(e) if row is not None and row.meaning and not known else None

    def _node(self, e: Expr) -> int:
        special = SPECIAL.get(e.op)
        if special is not None:
            return special(self, e)
        a = [self.known[arg] for arg in e.args]
        rank = len(e.axes)
        row = OPERATORS.get(e.op)
        if row is not None and row.of_scalar and not self.build.values[a[0]].rank:
            return self.value(phrase(row.of_scalar, {"X": e.args[0]}))
        kind = KINDS.get(e.op, e.op)
        data: tuple[str, ...] = ()
        if row is not None and row.adjoint:  # an array of four axes, where its last argument is missing
            kind = e.op if rank < 4 else f"{e.op}_axes"
            data = tuple(str(arg) for arg in e.args[1:] if not arg.axes)
        if row is None and kind not in self.spelled:
            raise UnsupportedError(f"{e.op} has no code yet", code="GP503")
        return self.build.put(kind, *a, data=data, rank=rank)  # what a target lacks, its writer says by name

    # ---- leaves

    def _name(self, e: Expr) -> int:
        found = self._texts.get(str(e.data[0]))
        if found is None:
            raise InternalError(f"{e} is neither an argument nor defined before its use", code="GP903")
        return found

    def _num(self, e: Expr) -> int:
        return self.build.leaf("num", e.data[0], plain=True)

    def _size(self, e: Expr) -> int:
        return self.build.leaf("size", e.data[0], plain=True)

    def _pi(self, e: Expr) -> int:
        return self.build.leaf("pi", plain=True)

    def _constant(self, e: Expr) -> int:
        """ones, zeros, eye: an array that only its sizes make."""
        sizes = e.axes[:1] if e.op == "eye" else e.axes
        return self.build.leaf(e.op, sizes, rank=len(e.axes))

    # ---- sums, products, powers

    def _add(self, e: Expr) -> int:
        total = self.known[e.args[0]]
        for term in e.args[1:]:
            minus = term.op == "neg"
            part = self.known[term.args[0] if minus else term]
            total = self.build.both("minus" if minus else "plus", total, part)
        return total

    def _neg(self, e: Expr) -> int:
        return self.build.put("neg", self.known[e.args[0]], rank=len(e.axes))

    def _mul(self, e: Expr) -> int:
        return product(self.build, self.known, e.args)

    def _had(self, e: Expr) -> int:
        """Products; beside a choice (0 or 1) nothing counts where it is 0, though it were infinite."""
        chosen = [arg for arg in e.args if arg.axes and choice(arg)]
        others = [arg for arg in e.args if arg not in chosen]
        if chosen and others:
            mask, total = self._times(chosen), self._times(others)
            return self.build.put("where", mask, total, rank=len(e.axes))
        return self._times(e.args)

    def _times(self, factors: Sequence[Expr]) -> int:
        total = self.known[factors[0]]
        for factor in factors[1:]:
            total = self.build.both("times", total, self.known[factor])
        return total

    def _frob(self, e: Expr) -> int:
        a, b = (self.known[arg] for arg in e.args)
        rank = len(e.args[0].axes)
        if rank == 0:
            return self.build.both("times", a, b)
        return self.build.put("matmul" if rank == 1 else "inner", a, b)

    def _div(self, e: Expr) -> int:
        above = e.args[0].args if e.args[0].op == "had" else e.args[:1]
        chosen = [arg for arg in above if arg.axes and choice(arg)]
        if chosen and e.op == "hdiv":
            others = [arg for arg in above if arg not in chosen]
            top = self._times(others) if others else self.build.number(1)
            rest = self.build.put("over", top, self.known[e.args[1]], rank=len(e.axes))
            return self.build.put("where", self._times(chosen), rest, rank=len(e.axes))
        return self.build.put("over", *(self.known[arg] for arg in e.args), rank=len(e.axes))

    def _power(self, e: Expr) -> int:
        base, exponent = e.args
        if not base.axes or e.op == "hpow":
            return self.build.put("power", *(self.known[arg] for arg in e.args), rank=len(e.axes))
        number = exponent.args[0] if exponent.op == "neg" else exponent
        if number.op == "num" and isinstance(number.data[0], Fraction) and number.data[0].denominator != 1:
            raise UnsupportedError(f"{e}: only whole powers of a matrix have code", code="GP503")
        literal = number.op in ("num", "size")
        kind = "matrix_power" if literal else "matrix_power_checked"
        a, b = self.known[base], self.known[exponent]
        return self.build.put(kind, a, b, data=() if literal else (str(exponent),), rank=2)

    def _inv(self, e: Expr) -> int:
        a = self.known[e.args[0]]
        if e.axes:
            return self.build.put("inv", a, rank=2)
        return self.build.put("over", self.build.number(1), a)

    def _pinv(self, e: Expr) -> int:
        a = self.known[e.args[0]]
        if len(e.axes) == 2:
            return self.build.put("pinv", a, rank=2)
        return self.build.put("over", a, self.build.put("matmul", a, a), rank=1)

    def _silu(self, e: Expr) -> int:
        a, rank = self.known[e.args[0]], len(e.axes)
        return self.build.both("times", a, self.build.put("sigmoid", a, rank=rank))

    # ---- shapes

    def _T(self, e: Expr) -> int:
        return self.build.transpose(self.known[e.args[0]])

    def _diag(self, e: Expr) -> int:
        return self.build.put("diag", self.known[e.args[0]], rank=2)

    def _vec(self, e: Expr) -> int:
        a = self.known[e.args[0]]
        return a if self.build.values[a].rank == 1 else self.build.put("vec", a, rank=1)

    def _reshape(self, e: Expr) -> int:
        return self.build.put("reshape", self.known[e.args[0]], data=(e.axes,), rank=len(e.axes))

    def _kron(self, e: Expr) -> int:
        (a, b), (x, y) = e.args, (self.known[arg] for arg in e.args)
        if not a.axes or not b.axes:
            return self.build.both("times", x, y)
        if len(a.axes) == len(b.axes) == 1 and a.row != b.row:
            return self.build.put("outer", *((y, x) if a.row else (x, y)), rank=2)
        if len(a.axes) == len(b.axes):
            return self.build.put("kron", x, y, rank=len(a.axes))
        return self.build.put("kron", self._flat(a, x), self._flat(b, y), rank=2)

    def _flat(self, e: Expr, value: int) -> int:
        """A vector as a matrix, lying down or upright."""
        if len(e.axes) == 2:
            return value
        return self.build.put("line" if e.row else "column", value, rank=2)

    def _einsum(self, e: Expr) -> int:
        inputs, _, output = str(e.data[0]).partition("->")
        parts = list(zip(inputs.split(","), e.args, strict=True))
        scalars = [self.known[arg] for letters, arg in parts if not letters]
        groups = [letters for letters, _ in parts if letters]
        arrays = [self.known[arg] for letters, arg in parts if letters]
        sizes = {c: n for letters, arg in parts for c, n in zip(letters, arg.axes, strict=True)}
        output = self._repeats(groups, arrays, output, sizes)
        if groups:
            spec = _ascii(",".join(groups) + "->" + output)
            scalars.append(self.build.put("einsum", *arrays, data=(spec,), rank=len(output)))
        total = scalars[0]
        for factor in scalars[1:]:
            total = self.build.both("times", total, factor)
        return total

    def _repeats(self, groups: list[str], arrays: list[int], output: str, sizes: dict[str, Dim]) -> str:
        """A letter that the result repeats becomes two letters and an identity."""
        spare = (c for c in map(chr, range(0x4E00, 0x9FFF)) if c not in sizes)
        out = ""
        for letter in output:
            if letter in out:
                fresh = next(spare)
                groups.append(letter + fresh)
                arrays.append(self.build.leaf("eye", (sizes[letter],), rank=2))
                letter = fresh
            out += letter
        return out

    # ---- parts and stacks

    def _slice(self, e: Expr) -> int:
        return self.build.put("slice", self.known[e.args[0]], data=tuple(e.data), rank=len(e.axes))

    def _stack(self, e: Expr) -> int:
        axis = blocks(e)[0].axis
        parts = []
        for arg in e.args:
            value = self.known[arg]
            if not arg.axes:
                value = self.build.put("one_entry", value, rank=1)
            elif len(arg.axes) < len(e.axes):
                value = self.build.put("column" if axis else "line", value, rank=2)
            parts.append(value)
        return self.build.put("concatenate", *parts, data=(axis,), rank=len(e.axes))

    def _unit(self, e: Expr) -> int:
        return self.build.leaf("unit", (e.data[0], e.axes[0]), rank=1)

    def _triangle(self, e: Expr) -> int:
        return self.build.put(e.op, self.known[e.args[0]], data=(e.data[0],), rank=2)

    def _cumsum(self, e: Expr) -> int:
        return self.build.put("cumsum", self.known[e.args[0]], rank=len(e.axes))

    def _commutation(self, e: Expr) -> int:
        return self.build.leaf("commutation", e.data, rank=2)

    def _placed(self, e: Expr) -> int:
        """A word with sizes behind its arrays, or a constant that sizes make."""
        return self.build.put(e.op, *(self.known[arg] for arg in e.args), data=(e.data,), rank=len(e.axes))

    def _khatri_rao(self, e: Expr) -> int:
        a, b = (self.known[arg] for arg in e.args)
        whole = self.build.put("einsum", a, b, data=("ij,pj->ipj",), rank=3)
        return self.build.put("flatten_pair", whole, rank=2)

    # ---- what is unknown

    def _slope(self, e: Expr) -> int:
        word, kind, rank = str(e.data[0]), f"{e.data[0]}'", len(e.axes)
        if kind not in self.spelled:
            raise UnsupportedError(f"the slope of {word} has no code", code="GP503")
        if facts(word).of_scalar == "X" and rank == 0:  # the largest of one
            return self.build.number(1)
        return self.build.put(kind, self.known[e.args[0]], rank=rank)

    def _map(self, e: Expr) -> int:
        function, order = str(e.data[0]), int(str(e.data[1]))
        keyword = function + "_prime" * order
        self.functions[keyword] = None
        return self.build.put("map", self.known[e.args[0]], data=(keyword,), rank=len(e.axes))

    def _call(self, e: Expr) -> int:
        """The value of an unknown function, which the caller hands over."""
        function = str(e.data[0])
        self.functions[function] = None
        args = (self.known[arg] for arg in e.args)
        return self.build.put("map", *args, data=(function,), rank=len(e.axes))

    def _unknown(self, e: Expr) -> int:
        raise UnsupportedError(
            f"{e.data[0]} is an unknown function, so its derivative {e} cannot be computed", code="GP503"
        )

    def _symbolic(self, e: Expr) -> int:
        raise UnsupportedError(f"{e} is a symbol, not something that can be computed", code="GP503")


SPECIAL: dict[str, Callable[[Lowering, Expr], int]] = {
    "name": Lowering._name,
    "num": Lowering._num,
    "size": Lowering._size,
    "pi": Lowering._pi,
    "ones": Lowering._constant,
    "zeros": Lowering._constant,
    "eye": Lowering._constant,
    "add": Lowering._add,
    "neg": Lowering._neg,
    "mul": Lowering._mul,
    "had": Lowering._had,
    "frob": Lowering._frob,
    "div": Lowering._div,
    "hdiv": Lowering._div,
    "pow": Lowering._power,
    "hpow": Lowering._power,
    "inv": Lowering._inv,
    "pinv": Lowering._pinv,
    "silu": Lowering._silu,
    "T": Lowering._T,
    "diag": Lowering._diag,
    "vec": Lowering._vec,
    "reshape": Lowering._reshape,
    "kron": Lowering._kron,
    "einsum": Lowering._einsum,
    "slice": Lowering._slice,
    "hcat": Lowering._stack,
    "vcat": Lowering._stack,
    "unit": Lowering._unit,
    **dict.fromkeys(TRIANGLES, Lowering._triangle),
    "cumsum": Lowering._cumsum,
    "commutation": Lowering._commutation,
    "khatri_rao": Lowering._khatri_rao,
    **dict.fromkeys(NODES, Lowering._placed),
    "slope": Lowering._slope,
    "map": Lowering._map,
    "call": Lowering._call,
    "gradof": Lowering._unknown,
    "d": Lowering._symbolic,
    "partial": Lowering._symbolic,
    "derivative": Lowering._symbolic,
}


def _ascii(spec: str) -> str:
    """An einsum text in plain letters, which is all that NumPy takes."""
    if spec.isascii():
        return spec
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    free = (c for c in letters if c not in spec)
    if len(set(spec) - set(",->")) > len(letters):
        raise UnsupportedError(f"NumPy's einsum has {len(letters)} indices; this needs more", code="GP503")
    new = {c: c if c.isascii() else next(free) for c in dict.fromkeys(spec)}
    return "".join(new[c] for c in spec)
