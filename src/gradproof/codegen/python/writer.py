"""From a plan to the lines of a Python function.

Values that are used once are written inside their users; others, and long ones, get a line of their
own. Which text a kind has is said by the dialect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from math import lcm

from gradproof.codegen.plan.model import Plan, Value, symbols
from gradproof.codegen.plan.names import Names, choose
from gradproof.codegen.python.dialect import Dialect
from gradproof.codegen.python.spelling import ATOM, Spelling
from gradproof.errors import UnsupportedError
from gradproof.expressions.dims import Dim
from gradproof.expressions.dims import number as dim_number
from gradproof.expressions.nodes import Expr

WIDTH = 72  # a longer part of an expression gets a line of its own
Text = tuple[str, int]
ONE = dim_number(1)


class Writer:
    """The lines of one function."""

    def __init__(self, plan: Plan, dialect: Dialect) -> None:
        self.plan = plan
        self.dialect = dialect
        self.names: Names = choose(plan, dialect.reserved)
        self.live = plan.live()
        self.uses = Counter(arg for number in self.live for arg in plan.values[number].args)
        self.uses.update(plan.roots)
        self.texts: dict[int, Text] = {}
        self.helpers: dict[str, str] = {}
        self.dtype = False
        self.fits = bool(plan.inputs) or bool(self._needed())

    def _used(self) -> list[str]:
        """The arrays that the function needs; where it needs none, the first one tells the float type."""
        live = {self.plan.values[number].data[0] for number in self.live if self._is_input(number)}
        used = [name for name in self.names.inputs if name in live]
        return used or (list(self.names.inputs)[:1] if self.dtype else [])

    def _is_input(self, number: int) -> bool:
        return self.plan.values[number].kind == "input"

    # ---- the first lines

    def head(self, function_name: str) -> str:
        """def gradient(X, W, *, n=None):"""
        names = self.names
        used = self._used()
        first = [name for name in used if self.names.usable(name)]
        first += [f"{name}=None" for name in names.inputs if self.names.usable(name) and name not in used]
        rest = [name for name in names.functions if self.names.usable(name)]
        rest += [f"{key}=None" for key in names.keywords.values() if self.names.usable(key)]
        parts = first + (["*", *rest] if rest else [])
        if self._odd():
            parts.append("**named")
        return f"def {function_name}({', '.join(parts)}):\n"

    def _odd(self) -> tuple[dict[str, str], dict[str, str]] | None:
        """Needed and optional keywords that cannot be parameters, with their variables."""
        names = self.names
        used = self._used()
        arrays = {k: v for k, v in names.inputs.items() if not self.names.usable(k)}
        needed = {k: v for k, v in arrays.items() if k in used}
        needed |= {k: v for k, v in names.functions.items() if not self.names.usable(k)}
        optional = {k: v for k, v in arrays.items() if k not in used}
        optional |= {
            names.keywords[k]: v for k, v in names.sizes.items() if not self.names.usable(names.keywords[k])
        }
        if not needed and not optional:
            return None
        self._help("named")
        return needed, optional

    def binding(self) -> list[str]:
        """The lines that read and check the arguments."""
        names, lines = self.names, []
        odd = self._odd()
        if odd is not None:
            keys = ", ".join(f"({_quoted(part)})" for part in odd)
            targets = [*odd[0].values(), *odd[1].values()]
            lines.append(f"{', '.join(targets)}{',' * (len(targets) == 1)} = _named(named, {keys})")
        if self.fits:
            lines += self._fit()
        used = self._used()
        for e in self.plan.inputs:
            if e.row and e.data[0] in used:
                name = names.inputs[str(e.data[0])]
                lines.append(f"{name} = {name}[0]")
        if self.dtype:
            known = self.dialect.dtype.format(names.inputs[used[0]]) if used else self.dialect.no_dtype
            lines.append(f"dtype = {known}")
        return lines

    def _fit(self) -> list[str]:
        names, used, needed = self.names, self._used(), self._needed()
        targets = [*(names.inputs[text] for text in used), *(names.sizes[n] for n in needed)]
        comma = "," if len(targets) == 1 else ""
        lines = [f"{', '.join(targets)}{comma} = _fit(" if targets else "_fit("]
        for wanted in (True, False):
            rows = [e for e in self.plan.inputs if (e.data[0] in used) is wanted]
            lines += ["    [", *map(self._fitted, rows), "    ],"] if rows else ["    [],"]
        sizes = ", ".join(f'"{n}": {names.sizes[n]}' for n in self.plan.sizes)
        lines += [f"    {{{sizes}}},", f"    ({_quoted(needed)}),", ")"]
        for part, dim in self.plan.needs:
            said = f"{part} is not there: {dim} is negative"
            lines += [f"if {self._dim(dim)} < 0:", f"    raise ShapeError({said!r})"]
        return lines

    def _fitted(self, e: Expr) -> str:
        text = str(e.data[0])
        return f'        ("{text}", {self.names.inputs[text]}, ({_quoted(e.shape)})),'

    def _needed(self) -> list[str]:
        """The sizes whose values the function uses."""
        found: set[str] = {name for _, dim in self.plan.needs for name in dim.symbols}
        for number in self.live:
            value = self.plan.values[number]
            if value.kind == "size":
                found.add(str(value.data[0]))
            found.update(symbols(dim for dim in _dims(value)))
        return [name for name in self.plan.sizes if name in found]

    # ---- the work

    def body(self) -> list[str]:
        """One line for each value that has a name or is used more than once; then the return."""
        lines = []
        temporary = 0
        for number in self.live:
            text, level = self._spell(self.plan.values[number])
            name = self.names.values.get(number)
            if name is None and self._own_line(number, text):
                temporary += 1
                while f"t{temporary}" in self.names.taken:
                    temporary += 1
                name = f"t{temporary}"
            if name is not None:
                lines.append(f"{name} = {text}")
                text, level = name, ATOM
            self.texts[number] = (text, level)
        return [*lines, f"return {self._result()}"]

    def _own_line(self, number: int, text: str) -> bool:
        value = self.plan.values[number]
        if value.kind in ("input", "num", "size", "pi") or (
            number in self.plan.roots and self.uses[number] == 1
        ):
            return False
        if len(text) > WIDTH:
            return True
        cheap = value.kind in ("transpose", "column", "line", "neg") and text.strip("-.T").isidentifier()
        return self.uses[number] > 1 and not cheap

    def _spell(self, value: Value) -> Text:
        if value.kind == "input":
            return self.names.inputs[str(value.data[0])], ATOM
        if value.kind == "size":
            return self.names.sizes[str(value.data[0])], ATOM
        if value.kind == "num":
            return _number(value.data[0]), ATOM
        row = self._row(value)
        for helper in row.helper.split():
            self._help(helper)
        self.dtype = self.dtype or "dtype" in row.text
        args = [self.texts[arg] for arg in value.args]
        needs = (*row.needs, *[0] * len(args))
        parts = [t if level >= need else f"({t})" for (t, level), need in zip(args, needs, strict=False)]
        data = "" if not value.data else self._data(value)
        known = {"all": ", ".join(parts), "data": data, "shape": self._sizes(value)}
        if value.kind == "slice":
            known["index"] = ", ".join(map(self._bound, value.data))
        known["number"] = str(value.data[0]) if value.data else ""
        sizes = [self._dim(dim) for dim in _dims(value)]
        known["sizes"], known["more"] = ", ".join(sizes), "".join(f", {size}" for size in sizes)
        text = row.text.format(*parts, **known)
        if value.plain and not row.python:
            return f"float({text})", ATOM
        return text, row.level

    def _help(self, helper: str) -> None:
        self.helpers[helper] = self.dialect.helpers[helper]

    def _row(self, value: Value) -> Spelling:
        """Plain numbers divide and have powers as the target's arrays do: 1/0 is inf, (-8)**(1/3) is nan."""
        row = self.dialect.spellings.get(value.kind)
        if row is None:
            raise UnsupportedError(f"{value.kind} has no code for {self.dialect.name} yet", code="GP503")
        if value.plain and value.kind == "over" and not self._positive(value.args[1]):
            return self.dialect.plain["over"]
        if value.plain and value.kind == "power":
            exponent = self.plan.values[value.args[1]]
            small = exponent.kind == "num" and Fraction(str(exponent.data[0])) in range(65)
            return row._replace(python=True) if small else self.dialect.plain["power"]
        return row

    def _positive(self, number: int) -> bool:
        value = self.plan.values[number]
        if value.kind == "times":
            return all(map(self._positive, value.args))
        return value.kind in ("size", "pi") or (value.kind == "num" and value.data[0] != 0)

    def _data(self, value: Value) -> str:
        text = str(value.data[0])
        return self.names.functions[text] if value.kind == "map" else f'"{text}"'

    def _sizes(self, value: Value) -> str:
        parts = [self._dim(dim) for dim in _dims(value)]
        return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"

    def _bound(self, bound: object) -> str:
        """A part of an index as Python counts: from 0, the end left out."""
        if not isinstance(bound, tuple):
            return ":"
        first = self._dim(bound[0] - ONE)
        if len(bound) == 1:
            return first
        return f"{'' if first == '0' else first}:{self._dim(bound[1])}"

    def _dim(self, dim: Dim) -> str:
        """A size as Python writes it, with the names that sizes have here."""
        below = lcm(*(coefficient.denominator for _, coefficient in dim.terms))
        if below > 1:
            return f"({self._dim(dim_number(below) * dim)})//{below}"
        terms = []
        for monomial, coefficient in dim.terms:
            factors = [self.names.sizes[name] for name in monomial]
            if coefficient != 1 or not factors:
                factors.insert(0, str(coefficient))
            terms.append("*".join(factors))
        return " + ".join(terms).replace("+ -", "- ") or "0"

    def _result(self) -> str:
        plan = self.plan
        parts = [self._returned(number, e) for _, number, e in plan.outputs]
        if len(parts) == 1:
            result = parts[0]
        else:
            pairs = zip(plan.outputs, parts, strict=True)
            result = "{" + ", ".join(f'"{name}": {text}' for (name, _, _), text in pairs) + "}"
        return result if plan.objective is None else f"{self._returned(*plan.objective)}, {result}"

    def _returned(self, number: int, e: Expr) -> str:
        """A result as an array of its shape, which shares no memory with an argument."""
        value = self.plan.values[number]
        text, level = self.texts[number]
        row = self.dialect.spellings.get(value.kind)
        shared = value.kind == "input" or (row is not None and row.view)
        forms = ["number"] if not e.axes else ["row"] * e.row + ["copy"] * shared
        for form in forms:
            wrapped = self.dialect.returned[form]
            self.dtype = self.dtype or "dtype" in wrapped.text
            text = wrapped.text.format(text if level >= wrapped.needs[0] else f"({text})")
            level = wrapped.level
        return text


def _quoted(parts: Iterable[str | int]) -> str:
    """The inside of a tuple."""
    texts = [f'"{part}"' if isinstance(part, str) else str(part) for part in parts]
    return ", ".join(texts) + ("," if len(texts) == 1 else "")


def _dims(value: Value) -> Iterable[Dim]:
    for part in value.data:
        if isinstance(part, tuple):
            for dim in part:
                assert isinstance(dim, Dim)
                yield dim


def _number(data: object) -> str:
    """A number as Python reads it back to the nearest float; whole numbers stay whole."""
    value = Fraction(str(data))
    if value.denominator == 1 and value < 2**53:
        return str(value)
    try:
        return repr(float(value))
    except OverflowError:
        raise UnsupportedError("a number is too large for floating point", code="GP503") from None
