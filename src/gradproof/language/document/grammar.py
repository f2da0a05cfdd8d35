"""Lexemes to terms: one grammar for formulas in LaTeX, in Unicode and in ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.tree import Term, Unread, number
from gradproof.language.syntax.command_names import FUNCTIONS
from gradproof.language.syntax.tree import Span

CALLED = frozenset(
    (
        "log", "exp", "det", "sin", "cos", "tan", "sinh", "cosh", "tanh", "tr", "diag", "softmax", "relu", "sigmoid",
        "sign", "softplus", "erf", "logdet", "logsumexp", "sec", "csc", "cot", "vec", "max", "min", "abs", "sqrt",
        "logsoftmax", "leaky_relu", "gelu", "silu", "asin", "acos", "atan", "sum", "mean", "norm", "norm1", "norm2",
        "normF", "inv", "log_softmax", "kron", "rowsum", "colsum", "rank", "var", "std", "ones", "zeros", "eye",
        "transpose", "trace", "Tr", "expit", "step", "solve", "pinv", "logsigmoid", "colmean", "rowmean", "square",
        "concat", "argmin", "argmax", "Var", "Cov", "KL", "E", "Pr", "const", "layernorm", "prod",
        "hcat", "vcat", "elu", "cumsum", "normcdf", "rownorm2", "chol", "LayerNorm", "std", "sech", "coth",
    )
) | frozenset(FUNCTIONS)  # fmt: skip
ONLY_CALLED = frozenset(("rank", "E", "var", "std", "norm", "step", "sum", "mean", "max", "min", "const", "square",
                         "solve", "prod"))  # fmt: skip
WHOLE = frozenset(("tr", "det", "diag", "vec", "logdet"))  # take a whole product where no parentheses stand
OPENS = {"(": ")", "[": "]", "{": "}", "⦃": "⦄", "⟨": "⟩"}
_ADDS = ("+", "-")
_TIMES = {"·": "·", "×": "×", "⊙": "⊙", "∘": "⊙", "⊗": "⊗", "*": "*", "/": "/", "./": "./", ".*": "⊙", "@": "*"}
_RAISED = {"²": 2, "³": 3, "⁴": 4, "¹": 1}
_DEEPEST = 60


class Grammar:
    """Reads terms from lexemes. Raises Unread.

    differentials  whether a d before a name is one; every method leaves `at` behind what it read
    """

    varied = frozenset(("d",))

    def __init__(self, given: Sequence[Lexeme], differentials: bool = True) -> None:
        self.all = list(given)
        self.differentials = differentials
        self.at = 0
        self.bars: list[str] = []
        self.depth = 0

    def whole(self) -> Term:
        """The term that all lexemes are."""
        out = self.expression()
        if self.at < len(self.all):
            raise self.fault(f"“{self.all[self.at].text}” is not understood here")
        return out

    # ---- lexemes

    def here(self, ahead: int = 0) -> Lexeme:
        place = self.at + ahead
        if place < len(self.all):
            return self.all[place]
        end = self.all[-1].end if self.all else 0
        return Lexeme("end", "", end, end)

    def take(self) -> Lexeme:
        one = self.here()
        self.at += 1
        return one

    def sees(self, *texts: str) -> bool:
        return self.here().kind == "sign" and self.here().text in texts

    def fault(self, message: str) -> Unread:
        one = self.here()
        return Unread(message, (one.start, one.end))

    def span(self, begin: int) -> Span:
        """The place from a lexeme up to here."""
        first = self.all[min(begin, len(self.all) - 1)].start if self.all else 0
        last = self.all[max(begin, min(self.at, len(self.all)) - 1)].end if self.all else 0
        return first, max(first, last)

    def group(self, digit: bool = False) -> list[Lexeme]:
        """The lexemes of the next argument, without braces; with `digit`, one digit of a number."""
        one = self.here()
        if digit and one.kind == "number" and len(one.text) > 1:
            self.all[self.at] = one._replace(text=one.text[1:], start=min(one.start + 1, one.end))
            return [one._replace(text=one.text[0])]
        if self.sees("{"):
            begin = self.at
            depth = 0
            while self.at < len(self.all):
                if self.all[self.at].kind == "sign":
                    depth += (self.all[self.at].text == "{") - (self.all[self.at].text == "}")
                self.at += 1
                if not depth:
                    return self.all[begin + 1 : self.at - 1]
            raise self.fault("“{” is never closed")
        if self.at >= len(self.all):
            raise self.fault("something is missing here")
        return [self.take()]

    def inner(self, given: Sequence[Lexeme]) -> Term:
        """The term that some lexemes are, by themselves."""
        return Grammar(given, self.differentials).whole()

    # ---- sums and products

    def expression(self) -> Term:
        """A sum of terms."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fault("this is nested too deep")
        begin = self.at
        terms = []
        sign = 1
        while self.sees(*_ADDS):
            sign *= -1 if self.take().text == "-" else 1
        terms.append(self.signed(sign, self.pairing()))
        while self.sees(*_ADDS):
            sign = 1
            while self.sees(*_ADDS):
                sign *= -1 if self.take().text == "-" else 1
            terms.append(self.signed(sign, self.pairing()))
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Term("add", tuple(terms), span=self.span(begin))

    @staticmethod
    def signed(sign: int, term: Term) -> Term:
        return term if sign > 0 else Term("neg", (term,), span=term.span)

    def pairing(self) -> Term:
        """Products with “:” between them."""
        begin = self.at
        left = self.product()
        while self.sees(":") and self.here(1).text != "=":
            self.take()
            sign = -1 if self.sees("-") and self.take() else 1
            left = Term("mul", (left, self.signed(sign, self.product())), ":", span=self.span(begin))
        return left

    def product(self) -> Term:
        """Factors, with or without a sign between them."""
        begin = self.at
        left = self.factor()
        while True:
            sign = ""
            if self.here().kind == "sign" and self.here().text in _TIMES and self.after_operand():
                sign = _TIMES[self.take().text]
                minus = self.sees("-") and bool(self.take())
                right = self.factor()
                right = self.signed(-1 if minus else 1, right)
            elif self.starts():
                right = self.factor()
            else:
                return left
            left = Term("mul", (left, right), sign, span=self.span(begin))

    def after_operand(self) -> bool:
        return self.at + 1 < len(self.all)

    def starts(self) -> bool:
        """Whether an operand begins here."""
        one = self.here()
        if one.kind in ("letter", "word", "number"):
            return True
        if one.kind == "command":
            return not one.text.startswith("end:")
        if one.kind != "sign":
            return False
        if one.text == "|" and self.here(1).text == "_":
            return False
        if one.text in ("|", "‖"):
            return not self.bars or self.bars[-1] != one.text
        return one.text in ("(", "[", "{", "⦃", "⟨", "∂", "∇", "∑", "∏", "√", "…", "¬", "±")

    # ---- factors

    def factor(self) -> Term:
        """One operand with what stands behind it."""
        begin = self.at
        if self.sees("-"):
            self.take()
            return Term("neg", (self.factor(),), span=self.span(begin))
        if self.is_differential():
            self.take()
            marks = ("delta",) if self.all[begin].text in ("delta", "δ") else ()
            return Term("d", (self.changed(),), marks=marks, span=self.span(begin))
        return self.behind(self.operand(), begin)

    def changed(self) -> Term:
        """What stands behind a d: `dXᵀ` is the differential of Xᵀ, `d tr(X)` of the trace."""
        begin = self.at
        return self.behind(self.operand(), begin)

    def is_differential(self) -> bool:
        one, two = self.here(), self.here(1)
        if not self.differentials:
            return False
        if one.kind == "sign" and one.text == "∂":
            return not self.quotient()
        if one.kind != "letter" or one.text != "d" or one.bold:
            return False
        if two.kind in ("letter", "word"):
            return True
        if two.kind == "command":
            return two.text in CALLED or two.text == "begin:bmatrix"
        return two.kind == "sign" and two.text in ("(", "‖", "{", "[") and two.text != "{"

    def quotient(self) -> bool:
        """Whether `∂… / ∂…` begins here."""
        place = self.at + 1
        depth = 0
        while place < len(self.all) and place < self.at + 40:
            one = self.all[place]
            if one.kind == "sign":
                if one.text in OPENS:
                    depth += 1
                elif one.text in OPENS.values():
                    depth -= 1
                    if depth < 0:
                        return False
                elif one.text == "/" and not depth:
                    after = self.all[place + 1] if place + 1 < len(self.all) else one
                    return after.text in ("∂", "d") or (after.text == "(" and place + 2 < len(self.all)
                                                          and self.all[place + 2].text == "∂")  # fmt: skip
                elif one.text in ("+", "-") and not depth:
                    return False
            place += 1
        return False

    def behind(self, base: Term, begin: int) -> Term:
        """Scripts, primes and places behind an operand."""
        while True:
            one = self.here()
            if one.kind == "sign" and one.text == "^":
                self.take()
                base = self.raised(base, self.group(), begin)
            elif one.kind == "sign" and one.text == "_":
                self.take()
                base = self.lowered(base, self.group(), begin)
            elif one.kind == "sign" and one.text == "'":
                self.take()
                base = self.primed(base, begin)
            elif one.kind == "sign" and one.text in ("ᵀ", "†"):
                self.take()
                base = Term("T" if one.text == "ᵀ" else "pinv", (base,), span=self.span(begin))
            elif one.kind in ("letter", "sign") and (one.text in _RAISED or one.text == "⁻"):
                base = self.unicode_power(base, begin)
            elif one.kind == "sign" and one.text == ".^":
                self.take()
                exponent = self.inner(self.group()) if self.sees("{") else self.factor()
                base = Term("hpow", (base, exponent), span=self.span(begin))
            elif one.kind == "sign" and one.text == "(" and self.callable(base):
                base = self.applied(base, begin)
            elif one.kind == "sign" and one.text == "!":
                raise self.fault("factorials are not read")
            else:
                return base

    def callable(self, base: Term) -> bool:
        """Whether a name before a parenthesis may be a function; which it is, the whole text decides."""
        return base.kind == "name" and "closed" not in base.marks

    def applied(self, base: Term, begin: int) -> Term:
        args, close = self.arguments()
        return Term("call", (base, *args), "()", marks=("given",), span=self.span(begin))

    def arguments(self) -> tuple[list[Term], str]:
        """The arguments in a pair of brackets."""
        opener = self.take()
        close = OPENS[opener.text]
        bars, self.bars = self.bars, [*self.bars, close]
        out = []
        if not self.sees(close):
            out.append(self.relation())
            while self.sees(",", ";", "|") or self.here().kind == "gap":
                self.take()
                if not self.sees(close):
                    out.append(self.relation())
        self.bars = bars
        if not self.sees(close):
            raise self.fault(f"“{opener.text}” is not closed as expected")
        self.take()
        return out, close

    def relation(self) -> Term:
        """An expression, or a comparison, which is an indicator."""
        begin = self.at
        left = self.expression()
        if self.sees("<", ">", "≤", "≥", "=", "≠"):
            sign = self.take().text
            return Term("indicator", (left, self.expression()), sign, span=self.span(begin))
        return left

    def unicode_power(self, base: Term, begin: int) -> Term:
        minus = False
        if self.here().text == "⁻":
            self.take()
            minus = True
        if self.sees("ᵀ"):
            self.take()
            inverse = Term("pow", (base, number(-1)), span=self.span(begin))
            return Term("T", (inverse,), span=self.span(begin))
        value = _RAISED.get(self.here().text)
        if value is None:
            raise self.fault("a power is missing here")
        self.take()
        return Term("pow", (base, number(-value if minus else value)), span=self.span(begin))

    def primed(self, base: Term, begin: int) -> Term:
        if base.kind in ("name", "call"):
            return base._replace(marks=(*base.marks, "prime"), span=self.span(begin))
        return Term("T", (base,), marks=("prime",), span=self.span(begin))

    def raised(self, base: Term, above: list[Lexeme], begin: int) -> Term:
        """`base^{above}`."""
        texts = [one.text for one in above if one.text not in ("{", "}")]
        here = self.span(begin)
        said = "".join(texts)
        if base.kind == "name" and base.text == "e" and not base.args and said not in ("ᵀ", "T", "⊤", "2"):
            return Term("call", (self.inner(above),), "exp", marks=("power",), span=here)
        if said in ("ᵀ", "T", "⊤", "⊺") or (said == "t" and base.kind != "number"):
            marks = ("small",) if said == "t" else ()
            return Term("T", (base,), marks=marks, span=here)
        if said in ("-ᵀ", "-T", "-t"):
            return Term("T", (Term("pow", (base, number(-1)), span=here),), span=here)
        if said in ("†", "+"):
            return Term("pinv", (base,), span=here)
        if said in ("*", "⋆", "opt", "⋆⋆"):
            return self.starred(base, "star", here)
        if said == "-" and base.kind == "name":
            return base._replace(text=f"{base.text}_minus", span=here)
        if said in ("*ᵀ", "*T", "⋆T", "⋆ᵀ"):
            return Term("T", (self.starred(base, "star", here),), span=here)
        if set(said) == {"'"}:
            return base._replace(marks=(*base.marks, *["prime"] * len(said)), span=here)
        if said[:1] in ("∘", "⊙") and len(texts) == 2:
            return Term("hpow", (base, self.inner(above[1:])), span=here)
        if base.kind == "name" and said[:1] in ("(", "[", "⟨") and said[-1:] in (")", "]", "⟩"):
            items = _items(above[1:-1])
            first, rest = base.args[: base.value is not None], base.args[base.value is not None :]
            return base._replace(args=(*first, *items, *rest), span=here, marks=(*base.marks, "above"))
        if above and above[0].kind in ("word", "text") and base.kind == "name":
            return base._replace(text=f"{base.text}_{said.strip()}", span=here)
        return Term("pow", (base, self.inner(above)), span=here)

    @staticmethod
    def starred(base: Term, mark: str, here: Span) -> Term:
        if base.kind != "name":
            raise Unread("a star stands here behind what is no name", here)
        return base._replace(text=f"{base.text}_{mark}", marks=(*base.marks, mark), span=here)

    def lowered(self, base: Term, below: list[Lexeme], begin: int) -> Term:
        """`base_{below}`: a name's indices, the kind of a norm, an entry."""
        here = self.span(begin)
        if base.kind == "norm":
            return base._replace(text="".join(one.text for one in below if one.text not in "{}"), span=here)
        if base.kind == "bars":
            return base
        if base.kind == "number" and "bold" in base.marks:
            return self.ones(base, below, here)
        if base.kind == "T" and base.args[0].kind == "name" and "closed" not in base.marks:
            entry = Term("entry", (base, *_items(below)), span=here)
            return entry
        if base.kind == "name" and "closed" not in base.marks:
            return base._replace(args=(*base.args, *_items(below)), span=here)
        if base.kind in ("call", "pow") and "closed" not in base.marks and base.kind == "pow":
            inner = base.args[0]
            if inner.kind == "name":  # x^2_i is (x_i)^2
                return base._replace(args=(self.lowered(inner, below, begin), base.args[1]), span=here)
        return Term("entry", (base, *_items(below)), span=here)

    def ones(self, base: Term, below: list[Lexeme], here: Span) -> Term:
        """`1_n`, a vector of ones, and `1_{x > 0}`, an indicator."""
        given = [one for one in below if one.text not in ("{", "}", "⦃", "⦄")]
        if any(one.text in ("<", ">", "≤", "≥", "=", "≠") for one in given):
            return Grammar(given, self.differentials).relation()
        return base._replace(args=tuple(_items(below)), span=here)

    # ---- operands

    def operand(self) -> Term:
        """A name, a number, something in brackets, or a word with its arguments."""
        one = self.here()
        begin = self.at
        if one.kind == "number":
            self.take()
            if one.bold and self.sees("(", "[", "⦃"):
                kept = self.at
                args, _ = self.arguments()
                if len(args) == 1 and args[0].kind == "indicator":
                    return args[0]
                self.at = kept
            return Term("number", value=Fraction(one.text), marks=("bold",) if one.bold else (),
                        span=self.span(begin))  # fmt: skip
        if one.kind in ("letter", "word"):
            return self.name(begin)
        if one.kind == "command":
            return self.command(begin)
        if one.kind == "sign" and one.text in OPENS:
            return self.bracketed(begin)
        if one.kind == "sign" and one.text in ("|", "‖"):
            return self.barred(begin)
        if one.kind == "sign" and one.text == "∂":
            return self.slashed(begin)
        if one.kind == "sign" and one.text == "∇":
            return self.nabla(begin)
        if one.kind == "sign" and one.text in ("∑", "∏"):
            return self.big(begin)
        if one.kind == "sign" and one.text == "√":
            self.take()
            return Term("call", (self.factor(),), "sqrt", span=self.span(begin))
        raise self.fault("an expression is missing here" if one.kind == "end" else f"“{one.text}” is not read")

    def name(self, begin: int) -> Term:
        along = self.directed(begin)
        if along is not None:
            return along
        one = self.take()
        if one.kind == "word" and one.text in CALLED and (one.text not in ONLY_CALLED or self.sees("(", "[")):
            return self.function(FUNCTIONS.get(one.text, one.text), begin)
        marks = ("bold",) if one.bold else ()
        return Term("name", (), one.text, marks=marks, span=self.span(begin))

    def bracketed(self, begin: int) -> Term:
        opener = self.here().text
        if opener == "⟨":
            args, _ = self.arguments()
            if len(args) != 2:
                raise self.fault("an inner product has two parts")
            return Term("inner", tuple(args), span=self.span(begin))
        args, _ = self.arguments()
        if len(args) != 1:
            raise self.fault("a list is not read as one expression")
        (inside,) = args
        if inside.kind == "indicator":
            return inside
        if opener == "{":
            return inside
        return inside._replace(marks=(*inside.marks, "closed"), span=self.span(begin))

    def barred(self, begin: int) -> Term:
        bar = self.take().text
        self.bars.append(bar)
        inside = self.expression()
        self.bars.pop()
        if not self.sees(bar):
            raise self.fault(f"“{bar}” is not closed")
        self.take()
        return Term("norm" if bar == "‖" else "bars", (inside,), span=self.span(begin))

    def command(self, begin: int) -> Term:
        one = self.take()
        text = one.text
        if text.endswith("frac") or text == "nicefrac" or text == "sfrac":
            return self.fraction(begin)
        if text == "sqrt":
            if self.sees("["):
                raise self.fault("roots other than square roots are not read")
            return Term("call", (self.inner(self.group()),), "sqrt", span=self.span(begin))
        if text in CALLED:
            return self.function(FUNCTIONS.get(text, text), begin)
        if text == "bb1" or text == "mathds1":
            return Term("number", value=Fraction(1), marks=("bold",), span=self.span(begin))
        if text.startswith("begin:"):
            raise self.fault("a matrix that is written out is not read yet")
        raise Unread(f"\\{text} is not read", (one.start, one.end))

    def function(self, name: str, begin: int) -> Term:
        """A word and what it is applied to."""
        exponent = None
        marks: tuple[str, ...] = ()
        while self.sees("^", "_", "'"):
            sign = self.take().text
            if sign == "'":
                marks = (*marks, "prime")
            elif sign == "^":
                exponent = self.inner(self.group())
            else:
                marks = (*marks, "by:" + "".join(one.text for one in self.group()))
        if self.sees("(", "[", "⦃") or (self.sees("{") and name not in ("min", "max")):
            args, _ = self.arguments()
        elif self.starts():
            args = [self.pairing_free(name)]
        else:
            raise self.fault(f"{name} of what?")
        out = Term("call", tuple(args), name, marks=marks, span=self.span(begin))
        return out if exponent is None else Term("pow", (out, exponent), span=self.span(begin))

    def pairing_free(self, name: str) -> Term:
        """What a word without parentheses is applied to."""
        begin = self.at
        if name in WHOLE:
            left = self.factor()
            while self.starts():
                left = Term("mul", (left, self.factor()), "", span=self.span(begin))
            return left
        whole = self.here().kind == "number"
        left = self.factor()
        while whole and self.here().kind == "letter":
            left = Term("mul", (left, self.factor()), "", span=self.span(begin))
        return left

    # ---- fractions and derivatives

    def fraction(self, begin: int) -> Term:
        above, below = self.group(True), self.group(True)
        if _is_change(above) and _is_change(below) and len(below) > 1:
            return self.derivative(above, below, begin)
        args = (self.inner(above), self.inner(below))
        return Term("frac", args, span=self.span(begin))

    def derivative(self, above: list[Lexeme], below: list[Lexeme], begin: int) -> Term:
        """`∂f/∂x`, an operator before a product, and second derivatives."""
        top = Grammar(above[1:], self.differentials)
        if top.sees("^"):
            top.take()
            top.group()
        of = top.whole() if top.at < len(top.all) else None
        by, turned = self.variables(below)
        if of is None:
            if not self.starts():
                raise self.fault("nothing stands behind a derivative sign")
            of = self.operated()
        if self.sees("|") and self.here(1).text == "_":
            return self.along(of, by, begin)
        return Term("derivative", (of, *by), marks=turned, span=self.span(begin))

    def along(self, of: Term, by: list[Term], begin: int) -> Term:
        """`d/dt f(X + tH) |_{t=0}`: the derivative of f along H."""
        self.take()
        self.take()
        said = "".join(one.text for one in self.group())
        moved = of.args[1] if of.kind == "call" and len(of.args) == 2 else None
        if moved is None or moved.kind != "add" or len(moved.args) != 2 or said != f"{by[0].text}=0":
            raise self.fault("a derivative at a place")
        point, step = moved.args
        if step.kind != "mul" or step.args[0].text != by[0].text or point.kind != "name":
            raise self.fault("a derivative at a place")
        return Term("along", (of._replace(args=(of.args[0], point)), step.args[1]), span=self.span(begin))

    def directed(self, begin: int) -> Term | None:
        """`Df(X)[H]`: the derivative of f at X along H; None where something else stands here."""
        follows = self.here(1)
        if self.here().text != "D" or follows.kind != "letter" or self.here(2).text != "(":
            return None
        kept = self.at
        self.take()
        name = self.take()
        args, _ = self.arguments()
        if not self.sees("[") or len(args) != 1 or args[0].kind != "name":
            self.at = kept
            return None
        step, _ = self.arguments()
        of = Term("call", (Term("name", (), name.text, span=(name.start, name.end)), *args), "()", marks=("given",))
        return Term("along", (of, step[0]), span=self.span(begin))

    def variables(self, below: list[Lexeme]) -> tuple[list[Term], tuple[str, ...]]:
        """What a derivative is by: `∂x`, `∂x²`, `∂x_i ∂x_j`, `∂x ∂xᵀ`."""
        reader = Grammar(below, False)
        out: list[Term] = []
        marks: tuple[str, ...] = ()
        while reader.at < len(reader.all):
            if reader.here().text not in ("∂", "d"):
                raise reader.fault("a derivative by what?")
            reader.take()
            begin = reader.at
            one = reader.behind(reader.operand(), begin)
            if one.kind == "pow" and one.args[1].value is not None and one.args[1].value == 2:
                out += [one.args[0], one.args[0]]
            elif one.kind == "T":
                out.append(one.args[0])
                marks = ("transposed",)
            else:
                out.append(one)
        return out, marks

    def operated(self) -> Term:
        """What an operator such as ∂/∂x before a product is applied to: the rest of the product."""
        begin = self.at
        left = self.factor()
        closed = "closed" in left.marks
        while self.starts() or (self.sees("·", "⊙", "×", "/", "∘") and not closed and self.after_operand()):
            sign = "" if self.starts() else _TIMES[self.take().text]
            left = Term("mul", (left, self.factor()), sign, span=self.span(begin))
        return left

    def slashed(self, begin: int) -> Term:
        """`∂L/∂Y` in one line."""
        self.take()
        order = 1
        if self.sees("^"):
            self.take()
            self.group()
            order = 2
        elif self.here().text == "²":
            self.take()
            order = 2
        of = None if self.sees("/") else self.behind(self.operand(), self.at)
        if not self.sees("/"):
            raise self.fault("a derivative by what?")
        self.take()
        closed = self.sees("(")
        if closed:
            self.take()
        by: list[Term] = []
        marks: tuple[str, ...] = ()
        while self.here().text in ("∂", "d"):
            self.take()
            start = self.at
            one = self.operand()
            one = self.behind(one, start) if self.sees("_", "^", "ᵀ", "'") or order == 2 else one
            if one.kind == "T":
                one, marks = one.args[0], ("transposed",)
            by += [one.args[0]] * 2 if one.kind == "pow" else [one]
        if closed and self.sees(")"):
            self.take()
        if of is None:
            of = self.operated()
        return Term("derivative", (of, *by), marks=marks, span=self.span(begin))

    def nabla(self, begin: int) -> Term:
        """`∇f`, `∇_x f`, `∇²f`, `∇_x (…)`."""
        self.take()
        by: list[Term] = []
        order = 1
        while self.sees("_", "^") or self.here().text == "²":
            sign = self.take().text
            if sign == "_":
                by = self.listed(self.group())
            elif sign == "²" or [x.text for x in self.group()] == ["2"]:
                order = 2
        of: Term | None = None
        if self.starts():
            start = self.at
            of = self.factor()
            if of.kind not in ("name", "call"):
                self.at = start
                of = self.operated()
        nothing = Term("name", (), "", span=self.span(begin))
        by = by * order if len(by) == 1 else by
        marks = ("nabla",) * order
        return Term("derivative", (of or nothing, *by), marks=marks, span=self.span(begin))

    def listed(self, given: list[Lexeme]) -> list[Term]:
        """Names with commas between them."""
        out, begin = [], 0
        for place in range(len(given) + 1):
            if place == len(given) or given[place].text == ",":
                out.append(self.inner(given[begin:place]))
                begin = place + 1
        return out

    def big(self, begin: int) -> Term:
        """A sum or a product over indices."""
        sign = self.take().text
        below: list[Lexeme] = []
        above: list[Lexeme] = []
        while self.sees("_", "^"):
            if self.take().text == "_":
                below = self.group()
            else:
                above = self.group()
        if not below:
            below, above = above, []
        letters, bounds = _bound(below)
        if sign == "∏":
            raise self.fault("products over an index are not read yet")
        body = self.big_body()
        upper = self.inner(above) if above and len(letters) == 1 else number(0)
        lower = bounds if bounds is not None else number(1)
        marks = tuple(f"if:{one}" for one in _conditions(below))
        return Term("sum", (body, lower, upper), " ".join(letters), marks=marks, span=self.span(begin))

    def big_body(self) -> Term:
        begin = self.at
        if self.sees("-"):
            raise self.fault("a sum of what?")
        return self.pairing() if begin < len(self.all) else self.factor()


def _is_change(given: Sequence[Lexeme]) -> bool:
    """Whether some lexemes begin with ∂ or d."""
    return bool(given) and (
        given[0].text == "∂" or (given[0].kind == "letter" and given[0].text == "d" and not given[0].bold)
        and not (len(given) > 1 and given[1].text in ("_",))
    )  # fmt: skip


def _items(given: Sequence[Lexeme]) -> list[Term]:
    """The scripts of a name, one by one."""
    given = [one for one in given if one.text not in ("{", "}") and one.kind != "gap"]
    out: list[Term] = []
    if any(one.text in ("+", "-", "/", "=", "(", "[", "^", "_", "'", "|", "*") for one in given):
        for part in _between_commas(given):
            text = "".join(one.text for one in part)
            kind = "letter" if len(part) == 1 and part[0].kind == "letter" else "shift"
            out.append(_item(kind, text, part))
        return out
    for one in given:
        if one.text == ",":
            continue
        if one.kind == "letter":
            out.append(_item("letter", one.text, [one]))
        elif one.kind == "number":
            out.append(_item("number", one.text, [one]))
        elif one.text in (":", "·", "∗", "*", "⋅"):
            out.append(_item("colon", ":", [one]))
        else:
            out.append(_item("word", one.text.strip(), [one]))
    return out


def _item(kind: str, text: str, part: Sequence[Lexeme]) -> Term:
    return Term("index", (), text, marks=(kind,), span=(part[0].start, part[-1].end))


def _between_commas(given: Sequence[Lexeme]) -> list[list[Lexeme]]:
    out: list[list[Lexeme]] = [[]]
    for one in given:
        if one.text == ",":
            out.append([])
        else:
            out[-1].append(one)
    return [part for part in out if part]


def _bound(below: Sequence[Lexeme]) -> tuple[list[str], Term | None]:
    """The letters that a sum runs over, and where the first begins."""
    letters: list[str] = []
    lower = None
    given = [one for one in below if one.text not in ("{", "}")]
    skip = False
    for place, one in enumerate(given):
        if one.text in (",", "≠", "<", ">", "row", ";"):
            skip = False
        elif one.text in ("=", "∈", "≤", ":"):
            skip = True
            follows = given[place + 1] if place + 1 < len(given) else one
            if one.text == "=" and follows.kind == "number":
                lower = number(int(Fraction(follows.text)))
        elif one.kind == "letter" and not skip and one.text not in letters:
            before = given[place - 1].text if place else ""
            if before not in ("≠", ">"):
                letters.append(one.text)
    return letters, lower


def _conditions(below: Sequence[Lexeme]) -> list[str]:
    """`j≠i` and `i<j` below a sum."""
    given = [one for one in below if one.text not in ("{", "}")]
    return [
        f"{given[k - 1].text}{one.text}{given[k + 1].text}"
        for k, one in enumerate(given)
        if one.text in ("≠", "<", ">", "≤") and 0 < k < len(given) - 1
    ]
