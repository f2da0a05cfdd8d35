"""Terms to values: what each part of a formula is, with the names as one reading of the text has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradproof.elaboration.assembly.application import slope_of
from gradproof.elaboration.document.asked import Book
from gradproof.elaboration.document.sizes import Misfit, Size
from gradproof.elaboration.document.symbols import Definition, Symbol
from gradproof.elaboration.document.values import Arrays, Value
from gradproof.elaboration.document.words import applied, bars, indicator, kron, norm, of_two
from gradproof.expressions.nodes import Expr
from gradproof.language.document.tree import Term, Unread
from gradproof.operators import build
from gradproof.operators.aliases import ALIASES

_DEEPEST = 40


class Denoter:
    """Reads the terms of one row. Raises Unread and Misfit.

    book    the names; place: where the row stands; free: indices that the left side has
    """

    def __init__(
        self, book: Book, place: int, bound: Mapping[str, Value] | None = None,
        letters: dict[str, Size] | None = None,
    ) -> None:  # fmt: skip
        self.book = book
        self.place = place
        self.arrays = Arrays(book.sizes, book.dim)
        self.arrays.letters = {} if letters is None else letters
        self.bound: dict[str, Value] = dict(bound or {})
        self.depth = 0
        self.einstein: frozenset[str] | None = None
        self.summing: list[str] = []

    @property
    def cost(self) -> float:
        """What in the row was not said in the usual way."""
        return self.arrays.cost

    def value(self, term: Term) -> Value:
        """What a term is."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unread("this is nested too deep", term.span)
        found = self._by_kind[term.kind](self, term)
        self.depth -= 1
        return found

    # ---- leaves

    def number(self, term: Term) -> Value:
        """A number, or ones where it is bold."""
        assert term.value is not None
        if "bold" in term.marks and term.value == 1:
            return self.ones(term)
        return self.arrays.constant(term.value)

    def ones(self, term: Term) -> Value:
        """`1_n`, a vector of ones."""
        sizes = [self.size(item) for item in term.args] or [self.book.sizes.new()]
        return self.arrays.ones(tuple(sizes))

    def size(self, item: Term) -> Size:
        """The size that a script names."""
        text = item.text
        for sign in ("×", ",", "x"):
            if sign in text:
                raise Unread("sizes of ones", item.span)
        return self.book.sizes.name(text)

    def name(self, term: Term) -> Value:
        """A name with its indices."""
        text = term.text
        if text in self.bound:
            return self.bound[text] if not term.args else self.entry_of(self.bound[text], term.args)
        if text in ("pi", "π") and not term.args:
            return Value((), (), False, lambda: build.PI)
        if text == "delta" and len(term.args) >= 2:
            return self.arrays.delta(term.args[0].text, term.args[1].text)
        if text in ("I", "Id", "I_n", "I_d", "I_m", "I_k", "I_p", "I_N", "I_D") and self.identity(text):
            return self.eye(text, term)
        if not term.args and self.book.is_size(text):
            size = self.book.sizes.name(text)
            return Value((), (), False, lambda: build.size(self.arrays.dims((size,))[0]))
        stacked = self.book.stack(text) if term.args else None
        if stacked is not None:
            whole, columns = stacked
            items = [item.text for item in term.args]
            value = self.leaf(self.book.symbol(whole, self.place))
            return self.arrays.entry(value, [":", *items] if columns and len(items) == 1 else items)
        value = self.leaf(self.book.symbol(text, self.place))
        return self.entry_of(value, term.args) if term.args else value

    def identity(self, text: str) -> bool:
        """Whether I is the identity here."""
        return self.book.kind(f"identity {text}") != "name"

    def eye(self, text: str, term: Term) -> Value:
        """The identity, or its entries."""
        size = self.book.sizes.name(text[2:]) if text[1:2] == "_" else self.book.sizes.new()
        if term.args:
            return self.arrays.delta(term.args[0].text, term.args[-1].text)
        return self.arrays.eye(size)

    def leaf(self, symbol: Symbol) -> Value:
        """A name as a value."""
        self.book.noted(symbol)
        hidden = symbol.hidden
        for label, size in zip(hidden, symbol.axes, strict=False):
            self.book.sizes.equal(self.arrays.letter(label), size)

        def make() -> Expr:
            return build.name(
                symbol.text, tuple(self.arrays.dims(symbol.axes)), self.book.props(symbol), row=symbol.row
            )

        return Value(hidden, symbol.axes[len(hidden) :], symbol.row, make)

    def entry_of(self, value: Value, items: tuple[Term, ...]) -> Value:
        """The entries of a value at indices."""
        texts = [item.text for item in items]
        if value.labels and value.rank < len([t for t in texts if t != ":"]):
            texts = [text for text in texts if text not in value.labels]
        if len(texts) < value.rank and ":" not in texts and value.rank - len(texts) > 2:
            raise Misfit("there are fewer indices than axes")
        if not texts:
            return value
        found = self.arrays.entry(value, texts)
        return found

    # ---- sums and products

    def add(self, term: Term) -> Value:
        """A sum."""
        terms = []
        for arg in term.args:
            minus = arg.kind == "neg"
            terms.append((minus, self.summed(arg.args[0] if minus else arg)))
        return self.arrays.add(terms)

    def summed(self, term: Term) -> Value:
        """A term; an index that it repeats, and the left side does not have, is summed over."""
        value = self.value(term)
        return self.contracted(value, term)

    def contracted(self, value: Value, term: Term) -> Value:
        """With repeated indices summed, where the row sums so."""
        if self.einstein is None:
            return value
        for label in value.labels:
            if label not in self.einstein and label not in self.summing and _repeats(term, label) >= 2:
                value = self.arrays.total(value, label)
                self.arrays.letters.pop(label, None)
        return value

    def neg(self, term: Term) -> Value:
        """Minus a term."""
        return self.arrays.neg(self.summed(term.args[0]))

    def mul(self, term: Term) -> Value:
        """A product, with or without a sign."""
        left, right = term.args
        if left.kind == "number" and "bold" in left.marks and right.kind == "indicator":
            return self.value(right)
        if term.text == ":":
            return self.arrays.frob(self.value(left), self.value(right))
        if term.text in ("⊙", "./"):
            a, b = self.value(left), self.value(right)
            return self.arrays.hadamard(a, b) if term.text == "⊙" else self.arrays.quotient(a, b, True)
        if term.text == "⊗":
            return kron(self, self.value(left), self.value(right), term)
        chained = self.chained(left, right) if term.text in ("", "·", "*", "×") else None
        if chained is not None:
            return chained
        a, b = self.value(left), self.value(right)
        if term.text == "/":
            return self.arrays.quotient(a, b)
        if term.text == "×" and a.axes and b.axes and not self.arrays._fits(a, b):
            raise Unread("× of two vectors", term.span)
        if term.text == "·" and a.rank == b.rank == 1 and not a.row and not b.row:
            return self.arrays.product(self.arrays.T(a), b)
        return self.arrays.product(a, b)

    def chained(self, left: Term, right: Term) -> Value | None:
        """`∂L/∂Y ∂Y/∂W`, in either order: the sum over all entries of Y; None where it is no chain rule."""
        first = left
        while first.kind == "mul" and first.text in ("", "·", "*", "×"):
            first = first.args[1]
        if not (_is_slope(first) and _is_slope(right)):
            return None
        outer, inner = (first, right) if _linked(first, right) else (right, first)
        if not _linked(outer, inner):
            return None
        middle = self.value(inner.args[0])
        many = middle.rank
        a, b = self.value(left), self.value(right)
        if a.labels or b.labels or not many or a.rank < many or b.rank < many:
            return None
        if _linked(first, right):  # the name's axes are the last of a and the first of b
            names = tuple(f"=m{k}" for k in range(many))
            before = tuple(f"=a{k}" for k in range(a.rank - many))
            after = tuple(f"=b{k}" for k in range(b.rank - many))
            one, two, out = (*before, *names), (*names, *after), (*before, *after)
            axes = (*a.axes[: a.rank - many], *b.axes[many:])
        else:
            names = tuple(f"=m{k}" for k in range(many))
            before = tuple(f"=b{k}" for k in range(b.rank - many))
            after = tuple(f"=a{k}" for k in range(a.rank - many))
            one, two, out = (*names, *after), (*before, *names), (*before, *after)
            axes = (*b.axes[: b.rank - many], *a.axes[many:])
        return self.arrays.contract([(a, one), (b, two)], (), out, axes)

    def frac(self, term: Term) -> Value:
        """A quotient."""
        return self.arrays.quotient(self.value(term.args[0]), self.value(term.args[1]))

    def pow(self, term: Term) -> Value:
        """A power."""
        base, exponent = term.args
        value = self.value(base)
        if exponent.kind == "name" and exponent.text in ("l", "t", "k", "j") and value.axes:
            raise Unread("a power with this exponent", term.span)
        power = self.value(exponent)
        if value.axes and power.number is not None and power.number < 0 and value.labels:
            raise Unread("the inverse of a matrix that has an index", term.span)
        return self.arrays.power(value, power)

    def hpow(self, term: Term) -> Value:
        """A power entry by entry."""
        return self.arrays.entrywise_power(self.value(term.args[0]), self.value(term.args[1]))

    def transpose(self, term: Term) -> Value:
        """A transpose."""
        return self.arrays.T(self.value(term.args[0]))

    def pinv(self, term: Term) -> Value:
        """A pseudo-inverse."""
        value = self.value(term.args[0])
        return self.unary("pinv", value, (value.axes[1], value.axes[0])) if value.rank == 2 else self.no(term)

    def no(self, term: Term) -> Value:
        """Raises Unread: a part has no meaning."""
        raise Unread(f"{term.text or term.kind} of this", term.span)

    def unary(self, word: str, value: Value, axes: tuple[Size, ...]) -> Value:
        """A word of the language applied to an array without indices."""
        if value.labels:
            raise Unread(f"{word} of what has an index", (0, 0))
        return Value((), axes, False, lambda: build.apply(word, value.make()))

    def inner(self, term: Term) -> Value:
        """⟨a, b⟩."""
        return self.arrays.frob(self.value(term.args[0]), self.value(term.args[1]))

    def sum(self, term: Term) -> Value:
        """A sum over indices."""
        body, lower, upper = term.args
        letters = term.text.split()
        if lower.value is not None and lower.value not in (0, 1):
            raise Unread("a sum that begins elsewhere", term.span)
        self.summing += letters
        outer = {
            letter: self.arrays.letters.pop(letter) for letter in letters if letter in self.arrays.letters
        }
        value = self.value(body)
        if upper.kind == "name" and not upper.args and len(letters) == 1 and self.book.is_size(upper.text):
            self.book.sizes.equal(self.arrays.letter(letters[0]), self.book.sizes.name(upper.text))
        value = self.masked(value, term)
        for label in letters:
            value = self.arrays.total(value, label)
            self.summing.remove(label)
            self.arrays.letters.pop(label, None)
        self.arrays.letters.update(outer)
        return value

    def masked(self, value: Value, term: Term) -> Value:
        """What a condition such as j ≠ i leaves of a sum."""
        for condition in [mark[3:] for mark in term.marks if mark.startswith("if:")]:
            one, sign, other = condition[0], condition[1:-1], condition[-1]
            if sign != "≠" or not other.isalpha():
                raise Unread("the condition of a sum", term.span)
            minus = self.arrays.product(self.arrays.delta(one, other), value)
            labels = minus.labels
            value = self.arrays.add([(False, self.arrays.spread(value, labels)), (True, minus)])
        return value

    # ---- words

    def call(self, term: Term) -> Value:
        """A word of the language, a function that the text defines, or an unknown one."""
        word = ALIASES.get(term.text, term.text)
        if "function" in term.marks:
            return self.function(term)
        args = [self.value(arg) for arg in term.args]
        if len(args) == 1:
            return applied(self, word, args[0], term)
        if word in ("max", "min") and len(args) == 2:
            return of_two(self, word, args)
        if word == "kron" and len(args) == 2:
            return kron(self, args[0], args[1], term)
        raise Unread(f"{term.text} of {len(args)} arguments", term.span)

    def function(self, term: Term) -> Value:
        """A function that a header defines, or an unknown one."""
        known = self.book.header(term.text, self.place)
        if known is not None and "prime" not in term.marks:
            return self.defined(known, term)
        if known is not None:
            return self.primed(known, term)
        args = [self.value(arg) for arg in term.args]
        order = term.marks.count("prime")
        if self.book.kind(term.text) == "sigmoid" and len(args) == 1:
            if order > 1:
                raise Unread("a second derivative of σ", term.span)
            (value,) = args
            if order:
                return Value(value.labels, value.axes, value.row, lambda: slope_of("sigmoid", value.make()))
            return self.arrays.mapped("sigmoid", value)
        if self.book.kind(term.text) == "map" and len(args) == 1:
            (value,) = args
            return Value(
                value.labels, value.axes, value.row, lambda: build.fmap(term.text, value.make(), order)
            )
        if order:
            raise Unread("the derivative of an unknown function", term.span)
        if any(v.labels for v in args):
            if len(args) == 1 and not args[0].axes:
                (value,) = args
                return Value(value.labels, (), False, lambda: build.fmap(term.text, value.make(), 0))
            raise Unread("an unknown function of what has an index", term.span)
        return Value((), (), False, lambda: build.call(term.text, *(v.make() for v in args)))

    def primed(self, known: Definition, term: Term) -> Value:
        """h′(s), where a header says what h(s) is."""
        plain = term._replace(marks=tuple(mark for mark in term.marks if mark != "prime"))
        names = [(arg.text, arg.args) for arg in term.args if arg.kind == "name"]
        if names != [(param.text, param.args) for param in known.params] or len(names) != 1:
            raise Unread(f"{term.text}′ at another place", term.span)
        value = self.value(plain)
        for _ in range(term.marks.count("prime")):
            value = self.partial(value, term.args[0], term)
        return value

    def defined(self, known: Definition, term: Term) -> Value:
        """f(x) as f itself, f(A x) with the argument put in."""
        same = len(term.args) == len(known.params) and all(
            arg.kind == "name" and (arg.text, arg.args) == (param.text, param.args)
            for arg, param in zip(term.args, known.params, strict=True)
        )
        if same and all(param.text not in self.bound for param in known.params):
            return self.name(Term("name", (), term.text, span=term.span))
        if len(term.args) != len(known.params):
            raise Unread(f"{term.text} with other arguments", term.span)
        bound = {p.text: self.value(a) for p, a in zip(known.params, term.args, strict=True)}
        inner = Denoter(self.book, known.place, {**self.bound, **bound}, self.arrays.letters)
        inner.depth = self.depth
        found = inner.value(known.body)
        self.arrays.cost += inner.cost
        return found

    # ---- derivatives

    def differential(self, term: Term) -> Value:
        """The differential of what stands behind a d."""
        value = self.value(term.args[0])
        return Value(value.labels, value.axes, value.row, lambda: build.d(value.make()))

    def derivative(self, term: Term) -> Value:
        """∂L/∂Y among other factors."""
        of, *by = term.args
        if of.kind == "name" and not of.text:
            raise Unread("the gradient of what?", term.span)
        if not by and of.kind == "call" and "function" in of.marks and self.unknown(of):
            return self.slope_at(of, term)
        value = self.value(of)
        if not by:
            by = [self.only(of, term)]
        for one in by:
            value = self.partial(value, one, term)
        if "transposed" in term.marks and len(by) == 1 and value.rank == 1 and not value.labels:
            value = self.arrays.T(value)
        return value

    def unknown(self, of: Term) -> bool:
        """Whether a function is one that the text does not define."""
        return (
            self.book.header(of.text, self.place) is None and len(of.args) == 1 and of.args[0].kind != "name"
        )

    def slope_at(self, of: Term, term: Term) -> Value:
        """∇g(A x): the gradient of an unknown g at A x."""
        value = self.value(of.args[0])
        if value.labels or self.book.kind(of.text) != "number":
            raise Unread("the gradient of an unknown function of this", term.span)
        return Value((), value.axes, value.row, lambda: build.gradient_of(of.text, 0, value.make()))

    def only(self, of: Term, term: Term) -> Term:
        """The one variable of a function."""
        known = self.book.header(of.text, self.place) if of.kind in ("name", "call") else None
        if known is None or len(known.params) != 1:
            raise Unread("a gradient by what?", term.span)
        return known.params[0]

    def along(self, term: Term) -> Value:
        """Df(X)[H]: the derivative of f at X along H."""
        of, step = term.args
        if of.kind != "call" or len(of.args) != 1 or of.args[0].kind != "name":
            raise Unread("a derivative along what?", term.span)
        value = self.value(of)
        slope = self.partial(value, of.args[0], term)
        if value.axes or value.labels:
            raise Unread("a derivative of an array along a direction", term.span)
        return self.arrays.frob(slope, self.value(step))

    def partial(self, value: Value, by: Term, term: Term) -> Value:
        """The derivatives of a value by a name, or by its entries."""
        if by.kind == "call" and by.text == "vec" and not value.axes:
            by = by.args[0]
        if by.kind != "name" or by.text in self.bound:
            raise Unread("a derivative by what is no name", by.span)
        variable = self.name(by._replace(args=()))
        letters = tuple(item.text for item in by.args)
        if self.book.stack(by.text) is not None and letters:
            whole, columns = self.book.stack(by.text) or ("", False)
            variable = self.leaf(self.book.symbol(whole, self.place))
            letters = (":", *letters) if columns else (*letters, ":")
        if variable.labels:
            raise Unread("a derivative by what has an index", by.span)
        if value.row and value.rank == 1:
            value = self.arrays.T(value)
        first = tuple(f"=a{k}" for k in range(value.rank))
        second = [f"=b{k}" for k in range(variable.rank)]
        for place, letter in enumerate(letters[: variable.rank]):
            if letter != ":":
                self.book.sizes.equal(self.arrays.letter(letter), variable.axes[place])
                second[place] = letter
        free = [name for name in second if name[0] == "="]
        axes = tuple(size for name, size in zip(second, variable.axes, strict=True) if name[0] == "=")
        labels = tuple(dict.fromkeys((*value.labels, *(name for name in second if name[0] != "="))))
        every = Value((), (*self.arrays.all_axes(value), *variable.axes), False,
                      lambda: self.book.partial(_column(value.make()), variable.make()))  # fmt: skip
        if not value.labels and not letters:
            return every
        return self.arrays.contract([(every, (*value.labels, *first, *second))], labels, (*first, *free),
                                    (*value.axes, *axes))  # fmt: skip

    def entry(self, term: Term) -> Value:
        """`(A B)_ij`."""
        inner, *items = term.args
        value = self.value(inner)
        texts = tuple(item for item in items)
        if any("letter" not in item.marks and "colon" not in item.marks for item in texts):
            raise Unread("an entry with this index", term.span)
        return self.entry_of(value, texts)

    _by_kind: Mapping[str, Callable[[Denoter, Term], Value]] = {
        "number": number, "name": name, "add": add, "neg": neg, "mul": mul, "frac": frac, "pow": pow,
        "hpow": hpow, "T": transpose, "pinv": pinv, "call": call, "norm": norm, "bars": bars,
        "inner": inner, "sum": sum, "d": differential, "derivative": derivative, "along": along,
        "entry": entry, "indicator": indicator,
    }  # fmt: skip


def _is_slope(term: Term) -> bool:
    """Whether a term is a derivative by one whole name."""
    return (
        term.kind == "derivative"
        and len(term.args) == 2
        and term.args[1].kind == "name"
        and not term.args[1].args
    )


def _linked(outer: Term, inner: Term) -> bool:
    """Whether one derivative is by what the other is of."""
    of = inner.args[0]
    return of.kind == "name" and not of.args and outer.args[1].text == of.text


def _column(e: Expr) -> Expr:
    return build.T(e) if e.row else e


def _repeats(term: Term, label: str) -> int:
    """How often an index is written in a term."""
    own = sum(1 for arg in term.args if arg.kind == "index" and arg.text == label)
    if term.kind == "index":
        return 0
    if term.kind == "pow" and term.args[1].value == 2:
        return 2 * _repeats(term.args[0], label)
    if term.kind == "derivative":
        return own + sum(_repeats(arg, label) for arg in term.args)
    return own + sum(_repeats(arg, label) for arg in term.args)
