"""What the operators make of sums of terms; what can be said in words of the language is in `words`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradproof.checker import words
from gradproof.checker.products import MOST_FACTORS, TWO_WAYS, Products, value
from gradproof.checker.terms import Form, Unchecked, number
from gradproof.checker.words import MEANINGS, OPAQUE, WIRES, Tree


class Meanings:
    """The words of the language over the terms of one ring."""

    def __init__(self, ring: Products) -> None:
        self.ring = ring

    def apply(self, op: str, args: Sequence[Form], data: Sequence[Any] = ()) -> Form:
        """What an operator makes of its arguments."""
        self.ring.work.spend(1 + len(args))
        if op in ("mul", "kron") and len(args) > 2:
            return self.apply(op, [self.apply(op, args[:2]), *args[2:]])
        known = _ALGEBRA.get(op)
        if known is not None:
            return known(self, args, data)
        if op == "had" or (op in ("mul", "kron") and not all(form.axes for form in args)):
            return self.ring.pointwise(*args)
        return self._wired(op, args) if op in WIRES else self._function(op, args, data)

    def _einsum(self, args: Sequence[Form], data: Sequence[Any]) -> Form:
        inputs, output = str(data[0]).split("->")
        return self.ring.contract(args, inputs.split(","), list(output))

    def _summed(self, args: Sequence[Form], data: Sequence[Any] = ()) -> Form:
        """The sum of the entries; of two arrays, of their products."""
        letters = [chr(97 + i) for i in range(len(args[0].axes))]
        return self.ring.contract(args, [letters] * len(args), [])

    def _mean(self, form: Form, sizes: Sequence[str]) -> Form:
        return self.ring.pointwise(form, *(self.ring.power(self.ring.size(n), Fraction(-1)) for n in sizes))

    def _wired(self, op: str, args: Sequence[Form]) -> Form:
        for inputs, outs in WIRES[op].items():
            letters = [pattern.strip("-") for pattern in inputs]
            wanted = [(len(said), pattern[:1] == "-") for said, pattern in zip(letters, inputs, strict=True)]
            if wanted == [(len(form.axes), form.row) for form in args]:
                return self.ring.contract(args, letters, outs)
        raise Unchecked(f"{op} of such shapes")

    def _raised(self, op: str, base: Form, exponent: Form) -> Form:
        e = value(exponent)
        if exponent.axes:  # b.^X = exp(log(b).*X)
            return self.apply("exp", [self.ring.pointwise(exponent, self.apply("log", [base]))])
        if op == "hpow" or not base.axes:
            if e is None:
                return self.ring.entries("raised", (), [base, exponent], Fraction(1))
            return self.ring.power(base, e)
        if e is None:
            return self._opaque("mpow", [base, exponent])
        if e.denominator != 1 or abs(e) > MOST_FACTORS:
            raise Unchecked("such a power of a matrix")
        one = base if e > 0 else self.apply("inv" if e else "eye", [base])
        return self.apply("mul", [one] * abs(int(e))) if abs(e) > 1 else one

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
            return self.ring.single(self.ring.atom("pi"), ())
        if op == "inv" and not first.axes:
            return self.ring.power(first, Fraction(-1))
        if op == "exp":
            return self._exp(first)
        if op in words.SLOPES or op in ("map", "trigamma"):
            return self.ring.entries(op, tuple(data), [first], Fraction(1))
        if op in OPAQUE:
            return self._opaque(op, args)
        raise Unchecked(f"{op} is not known to the checker")

    def _exp(self, form: Form) -> Form:
        """exp(c·s + e·t) = exp(s)^c exp(t)^e."""
        parts = [self.ring.plus([Form(form.axes, (), form.row), number(1)])]
        for term in form.terms:
            one = Form(form.axes, (term._replace(c=Fraction(1)),), form.row)
            parts.append(self.ring.entries("exp", (), [one], term.c))
        return self.ring.pointwise(*parts)

    def _opaque(self, op: str, args: Sequence[Form]) -> Form:
        """A word that is not looked into; with one argument more, what its array makes of a matrix."""
        if OPAQUE[op].startswith("*,"):
            args = [
                self.ring.plus([Form(b.axes, (), b.row), a]) for a, b in zip(args, args[::-1], strict=True)
            ]
        wanted = OPAQUE[op].count(",") + 1
        axes = self.shape(op, args)
        legs = tuple(size for axis in axes for size in axis)
        made = self.ring.single(self.ring.atom(op, (), tuple(args[:wanted]), legs), axes)
        if len(args) == wanted:
            return made._replace(row=len(axes) == 1 and args[0].row)
        return self.ring.contract([made, args[-1]], ["abcd", "cd"], ["a", "b"])

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


_ALGEBRA: dict[str, Callable[[Meanings, Sequence[Form], Sequence[Any]], Form]] = {
    "add": lambda its, args, data: its.ring.plus(args),
    "neg": lambda its, args, data: its.ring.pointwise(number(-1), args[0]),
    **dict.fromkeys(("div", "hdiv"), lambda its, args, data: its.ring.pointwise(
        args[0], its.ring.power(args[1], Fraction(-1)))),
    "pow": lambda its, args, data: its._raised("pow", *args),
    "hpow": lambda its, args, data: its._raised("hpow", *args),
    "sqrt": lambda its, args, data: its.ring.power(args[0], Fraction(1, 2)),
    "einsum": Meanings._einsum,
    "eye": lambda its, args, data: its.ring.contract([], [], ["a", "a"], {"a": args[0].axes[0]}),
    "along": lambda its, args, data: its.ring.repeated(args[0], "i", "ij", args[1].axes),
    "down": lambda its, args, data: its.ring.repeated(args[0], "j", "ij", args[1].axes),
    "frob": Meanings._summed,
    "sum": Meanings._summed,
    "mean": lambda its, args, data: its._mean(its._summed(args), args[0].legs),
    "rowmean": lambda its, args, data: its._mean(its.apply("rowsum", args), args[0].axes[1]),
    "colmean": lambda its, args, data: its._mean(its.apply("colsum", args), args[0].axes[0]),
}  # fmt: skip
