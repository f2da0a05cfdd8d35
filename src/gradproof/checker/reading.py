"""Reads the expressions of a certificate as sums of terms. Imports nothing of the engine, searches nothing.

Here is written once more what the operators mean; what can be said in words of the language is in `words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradproof.checker import words
from gradproof.checker.placing import placed
from gradproof.checker.products import TWO_WAYS, Products, value
from gradproof.checker.terms import Form, Unchecked, Work, Wrong, number, poly, times
from gradproof.checker.words import MEANINGS, OPAQUE, WIRES, Tree

MOST_NODES, MOST_PRODUCTS = 1000, 16


class Reader(Products):
    """Terms of the expressions of one step.

    varying  nodes of names that vary
    unfold   what names stand for
    """

    def __init__(self, nodes: Sequence[Mapping[str, Any]], varying: Iterable[int],
                 unfold: Mapping[int, int], cut: Mapping[str, Sequence[str]],
                 work: Work | None = None) -> None:  # fmt: skip
        super().__init__(cut, work)
        self.nodes, self.varying, self.unfold = nodes, frozenset(varying), unfold
        self.forms: dict[int, Form] = {}
        self.axioms: set[str] = set()

    # ---- expressions

    def form(self, place: int) -> Form:
        """The terms of a node."""
        if place not in self.forms:
            if len(self.forms) > MOST_NODES:
                raise Unchecked(f"more than {MOST_NODES} parts")
            found, node = self._read(place), self.nodes[place]
            if [times(axis) for axis in found.axes] != [poly(size) for size in node.get("axes", [])]:
                raise Wrong(f"{node['op']} does not have the axes that are written")
            if found.row != node.get("row", False):
                raise Wrong(f"{node['op']} does not lie or stand as is written")
            self.forms[place] = found
        return self.forms[place]

    def _read(self, place: int) -> Form:
        node = self.nodes[place]
        op, args, data = node["op"], node.get("args", []), node.get("data", [])
        words.check_count(op, len(args))
        if place in self.unfold:
            return self.form(self.unfold[place])
        axes = tuple(map(self.group, node.get("axes", [])))
        blank = Form(axes, (), node.get("row", False))
        if op == "name":
            shape = (data[0], tuple(data[1]), place in self.varying)
            return self.single(self.atom("name", shape, (), blank.legs), axes, blank.row)
        if op == "num":
            return number(Fraction(data[0]))
        if op == "size":
            return self.size(self.group(data[0])[0])
        if op in ("ones", "zeros", "eye"):
            letters = "aa" if op == "eye" else "abcdefgh"[: len(axes)]
            made = self.contract([], [], list(letters), dict(zip(letters, axes, strict=True)))
            return blank if op == "zeros" else made._replace(row=blank.row)
        if op == "d":
            return self.differential(self.form(args[0]))
        if op in ("call", "gradof", "onehot"):
            what = ("onehot", ()) if op == "onehot" else ("call", tuple(data))
            return self.single(self.atom(*what, tuple(map(self.form, args)), blank.legs), axes, blank.row)
        if op in ("div", "hdiv"):
            return self.pointwise(self.form(args[0]), self.inverse(args[1], Fraction(1)))
        if op == "reshape":
            return self.reshaped(self.form(args[0]), axes)
        forms = [self.form(arg) for arg in args]
        found = placed(self, op, forms, data, axes, blank.row)
        return self.apply(op, forms, data) if found is None else found

    def differential(self, form: Form) -> Form:
        """d of a form: see `differentials`."""
        raise NotImplementedError

    def inverse(self, place: int, e: Fraction) -> Form:
        """A divisor to the power -e, factor by factor, so that its powers are not written out."""
        place = self.unfold.get(place, place)
        op, args = self.nodes[place]["op"], self.nodes[place].get("args", [])
        scalars = all(not self.nodes[arg].get("axes") for arg in args)
        if op == "had" or (op == "mul" and scalars):
            return self.pointwise(*(self.inverse(arg, e) for arg in args))
        if op == "hpow" or (op == "pow" and scalars):
            more = value(self.form(args[1]))
            if more is not None and more > 0 and more.denominator == 1:
                return self.inverse(args[0], e * more)
        return self.power(self.form(place), -e)

    def reshaped(self, form: Form, axes: Sequence[tuple[str, ...]]) -> Form:
        """The same entries in the same order, columns first: the index of the last axis is the slowest."""
        starts = [sum(map(len, form.axes[:k])) for k in range(len(form.axes))]
        old = [
            s + i for s, axis in reversed([*zip(starts, form.axes, strict=True)]) for i in range(len(axis))
        ]
        if tuple(form.legs[i] for i in old) != tuple(size for axis in reversed(axes) for size in axis):
            raise Unchecked(TWO_WAYS, tuple(form.legs[i] for i in old), tuple(map(tuple, reversed(axes))))
        order: list[int] = []
        for axis in reversed(axes):
            order[:0] = old[: len(axis)]
            old = old[len(axis) :]
        terms = (term._replace(outs=tuple(term.outs[i] for i in order)) for term in form.terms)
        return Form(tuple(axes), tuple(terms))

    def apply(self, op: str, args: Sequence[Form], data: Sequence[Any] = ()) -> Form:
        """What an operator makes of its arguments."""
        self.work.spend(1 + len(args))
        if op in ("mul", "kron") and len(args) > 2:
            return self.apply(op, [self.apply(op, args[:2]), *args[2:]])
        if op == "add":
            return self.plus(args)
        if op == "neg":
            return self.pointwise(number(-1), args[0])
        if op in ("div", "hdiv"):
            return self.pointwise(args[0], self.power(args[1], Fraction(-1)))
        if op in ("pow", "hpow"):
            return self._raised(op, *args)
        if op == "sqrt":
            return self.power(args[0], Fraction(1, 2))
        if op == "einsum":
            inputs, output = str(data[0]).split("->")
            return self.contract(args, inputs.split(","), list(output))
        if op == "had" or (op in ("mul", "kron") and not all(form.axes for form in args)):
            return self.pointwise(*args)
        if op == "eye":
            return self.contract([], [], ["a", "a"], {"a": args[0].axes[0]})
        if op in ("along", "down"):
            return self.repeated(args[0], "i" if op == "along" else "j", "ij", args[1].axes)
        if op in ("frob", "sum", "mean"):
            letters = [chr(97 + i) for i in range(len(args[0].axes))]
            out = self.contract(args, [letters] * len(args), [])
            return self._mean(out, args[0].legs) if op == "mean" else out
        if op in ("rowmean", "colmean"):
            axis = args[0].axes[1 if op == "rowmean" else 0]
            return self._mean(self.apply(op.replace("mean", "sum"), args), axis)
        return self._wired(op, args) if op in WIRES else self._function(op, args, data)

    def _mean(self, form: Form, sizes: Sequence[str]) -> Form:
        return self.pointwise(form, *(self.power(self.size(size), Fraction(-1)) for size in sizes))

    def _wired(self, op: str, args: Sequence[Form]) -> Form:
        for inputs, outs in WIRES[op].items():
            letters = [pattern.strip("-") for pattern in inputs]
            fits = len(inputs) == len(args) and all(
                len(said) == len(form.axes) and (pattern[:1] == "-") == form.row
                for said, pattern, form in zip(letters, inputs, args, strict=True)
            )
            if fits:
                return self.contract(args, letters, outs)
        raise Unchecked(f"{op} of such shapes")

    def _raised(self, op: str, base: Form, exponent: Form) -> Form:
        e = value(exponent)
        if exponent.axes:  # b.^X = exp(log(b).*X)
            return self.apply("exp", [self.pointwise(exponent, self.apply("log", [base]))])
        if op == "hpow" or not base.axes:
            return self.power(base, e) if e is not None else self.entries("raised", (), [base, exponent],
                                                                          Fraction(1))  # fmt: skip
        if e is None:
            return self._opaque("mpow", [base, exponent])
        if e.denominator != 1 or abs(e) > MOST_PRODUCTS:
            raise Unchecked("such a power of a matrix")
        one = base if e > 0 else self.apply("inv", [base])
        return (
            self.apply("mul", [one] * abs(int(e))) if abs(e) > 1 else one if e else self.apply("eye", [base])
        )

    def _function(self, op: str, args: Sequence[Form], data: Sequence[Any]) -> Form:
        if not args and op != "pi":
            raise Unchecked(f"{op} of nothing")
        first = args[0] if args else number(1)
        if op == "slope":
            op, data = {"abs": "sign"}.get(data[0], f"{data[0]}'"), ()
        meaning = MEANINGS.get(op, MEANINGS.get((op, len(first.axes))))
        if meaning is not None:
            known = dict(zip("XZV", args, strict=False))
            return self.say(meaning, {"Z": number(words.DEFAULTS.get(op, 0)), **known})
        if op == "pi":
            return self.single(self.atom("pi"), ())
        if op == "inv" and not first.axes:
            return self.power(first, Fraction(-1))
        if op == "exp":
            return self._exp(first)
        if op in words.SLOPES or op in ("map", "trigamma"):
            return self.entries(op, tuple(data), [first], Fraction(1))
        if op in OPAQUE:
            return self._opaque(op, args)
        raise Unchecked(f"{op} is not known to the checker")

    def _exp(self, form: Form) -> Form:
        """exp(c·s + e·t) = exp(s)^c exp(t)^e."""
        parts = [self.plus([Form(form.axes, (), form.row), number(1)])]
        for term in form.terms:
            one = Form(form.axes, (term._replace(c=Fraction(1)),), form.row)
            parts.append(self.entries("exp", (), [one], term.c))
        return self.pointwise(*parts)

    def _opaque(self, op: str, args: Sequence[Form]) -> Form:
        """A word that is not looked into; with one argument more, what its array makes of a matrix."""
        if OPAQUE[op].startswith("*,"):
            args = [self.plus([Form(b.axes, (), b.row), a]) for a, b in zip(args, args[::-1], strict=True)]
        wanted = OPAQUE[op].count(",") + 1
        axes = self.shape(op, args)
        legs = tuple(size for axis in axes for size in axis)
        made = self.single(self.atom(op, (), tuple(args[:wanted]), legs), axes)
        if len(args) == wanted:
            return made._replace(row=len(axes) == 1 and args[0].row)
        return self.contract([made, args[-1]], ["abcd", "cd"], ["a", "b"])

    def shape(self, op: str, args: Sequence[Form]) -> tuple[tuple[str, ...], ...]:
        """The axes of an opaque word of such arguments."""
        inputs, output = OPAQUE[op].split("->")
        groups: dict[str, tuple[str, ...]] = {}
        for letters, form in zip(inputs.split(","), args, strict=False):
            for letter, axis in zip("abcdefgh" if letters == "*" else letters, form.axes,
                                    strict=letters != "*"):  # fmt: skip
                if groups.setdefault(letter, axis) != axis:
                    raise Unchecked(TWO_WAYS, axis, groups[letter])
        return args[0].axes if output == "*" else tuple(groups[letter] for letter in output)

    def say(self, tree: Tree, known: Mapping[str, Form]) -> Form:
        """The terms of a small expression over known ones."""
        if isinstance(tree, tuple):
            spec = tree[1:2] if tree[0] == "einsum" else ()
            return self.apply(tree[0], [self.say(part, known) for part in tree[1 + len(spec) :]], spec)
        if tree in known:
            return known[tree]
        return self.apply(tree, []) if tree == "pi" else number(Fraction(tree))
