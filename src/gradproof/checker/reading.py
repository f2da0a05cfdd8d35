"""Reads the expressions of a certificate as sums of terms. Knows nothing of the engine, searches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradproof.checker import words
from gradproof.checker.changing import Differ
from gradproof.checker.meaning import Meanings
from gradproof.checker.placing import placed
from gradproof.checker.products import TWO_WAYS, Products, value
from gradproof.checker.terms import Form, Unchecked, Work, Wrong, number, poly, times

MOST_NODES = 1000


class Reader:
    """Terms of the expressions of one step.

    ring, meanings, differ   how terms are multiplied, what words mean, what d means

    varying  nodes of names that vary
    unfold   what names stand for
    """

    def __init__(self, nodes: Sequence[Mapping[str, Any]], varying: Iterable[int],
                 unfold: Mapping[int, int], cut: Mapping[str, Sequence[str]],
                 work: Work | None = None) -> None:  # fmt: skip
        self.ring = Products(cut, work)
        self.meanings = Meanings(self.ring)
        self.differ = Differ(self.meanings)
        self.nodes, self.varying, self.unfold = nodes, frozenset(varying), unfold
        self.forms: dict[int, Form] = {}

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
        axes = tuple(map(self.ring.group, node.get("axes", [])))
        blank = Form(axes, (), node.get("row", False))
        if op == "name":
            shape = (data[0], tuple(data[1]), place in self.varying)
            return self.ring.single(self.ring.atom("name", shape, (), blank.legs), axes, blank.row)
        if op == "num":
            return number(Fraction(data[0]))
        if op == "size":
            return self.ring.size(self.ring.group(data[0])[0])
        if op in ("ones", "zeros", "eye"):
            letters = "aa" if op == "eye" else "abcdefgh"[: len(axes)]
            made = self.ring.contract([], [], list(letters), dict(zip(letters, axes, strict=True)))
            return blank if op == "zeros" else made._replace(row=blank.row)
        if op == "d":
            return self.differ.differential(self.form(args[0]))
        if op in ("call", "gradof", "onehot"):
            what = ("onehot", ()) if op == "onehot" else ("call", tuple(data))
            return self.ring.single(
                self.ring.atom(*what, tuple(map(self.form, args)), blank.legs), axes, blank.row
            )
        if op in ("div", "hdiv"):
            return self.ring.pointwise(self.form(args[0]), self._inverse(args[1], Fraction(1)))
        if op == "reshape":
            return self._reshaped(self.form(args[0]), axes)
        forms = [self.form(arg) for arg in args]
        found = placed(self.ring, op, forms, data, axes, blank.row)
        return self.meanings.apply(op, forms, data) if found is None else found

    def _inverse(self, place: int, e: Fraction) -> Form:
        """A divisor to the power -e, factor by factor, so that its powers are not written out."""
        place = self.unfold.get(place, place)
        op, args = self.nodes[place]["op"], self.nodes[place].get("args", [])
        scalars = all(not self.nodes[arg].get("axes") for arg in args)
        if op == "had" or (op == "mul" and scalars):
            return self.ring.pointwise(*(self._inverse(arg, e) for arg in args))
        if op == "hpow" or (op == "pow" and scalars):
            more = value(self.form(args[1]))
            if more is not None and more > 0 and more.denominator == 1:
                return self._inverse(args[0], e * more)
        return self.ring.power(self.form(place), -e)

    def _reshaped(self, form: Form, axes: Sequence[tuple[str, ...]]) -> Form:
        """The same entries in the same order, columns first: the index of the last axis is the slowest."""
        starts = [sum(map(len, form.axes[:k])) for k in range(len(form.axes))]
        old = [s + i for s, axis in [*zip(starts, form.axes, strict=True)][::-1] for i in range(len(axis))]
        if tuple(form.legs[i] for i in old) != tuple(size for axis in reversed(axes) for size in axis):
            raise Unchecked(TWO_WAYS, tuple(form.legs[i] for i in old), tuple(map(tuple, reversed(axes))))
        order: list[int] = []
        for axis in reversed(axes):
            order[:0] = old[: len(axis)]
            old = old[len(axis) :]
        terms = (term._replace(outs=tuple(term.outs[i] for i in order)) for term in form.terms)
        return Form(tuple(axes), tuple(terms))
