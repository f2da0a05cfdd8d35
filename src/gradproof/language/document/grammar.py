"""Lexemes to terms: one grammar for formulas in LaTeX, in Unicode and in ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gradproof.language.document.derivatives import directed, fraction, nabla, slashed
from gradproof.language.document.lexer import Lexeme
from gradproof.language.document.scripts import RAISED, lowered, primed, raised, unicode_power
from gradproof.language.document.signs import OPENS, TIMES
from gradproof.language.document.sums import big, cases
from gradproof.language.document.tree import Term, Unread
from gradproof.language.syntax.command_names import FUNCTIONS
from gradproof.language.syntax.tree import Span

CALLED = frozenset(
    (
        "log", "exp", "det", "sin", "cos", "tan", "sinh", "cosh", "tanh", "tr", "diag", "softmax", "relu",
        "sigmoid", "sign", "softplus", "erf", "logdet", "logsumexp", "sec", "csc", "cot", "vec", "max",
        "min", "abs", "sqrt", "logsoftmax", "leaky_relu", "gelu", "silu", "asin", "acos", "atan", "sum",
        "mean", "norm", "norm1", "norm2", "normF", "inv", "log_softmax", "kron", "rowsum", "colsum", "rank",
        "var", "std", "ones", "zeros", "eye", "transpose", "trace", "Tr", "expit", "step", "solve", "pinv",
        "logsigmoid", "colmean", "rowmean", "square", "concat", "argmin", "argmax", "Var", "Cov", "KL", "E",
        "Pr", "const", "layernorm", "prod", "hcat", "vcat", "elu", "cumsum", "normcdf", "rownorm2", "chol",
        "LayerNorm", "std", "sech", "coth",
    )
) | frozenset(FUNCTIONS)  # fmt: skip
ONLY_CALLED = frozenset(("rank", "E", "var", "std", "norm", "step", "sum", "mean", "max", "min", "const",
                         "square", "solve", "prod"))  # fmt: skip
WHOLE = frozenset(("tr", "det", "diag", "vec", "logdet"))  # take a whole product where no parentheses stand
_ADDS = ("+", "-")
_DEEPEST = 60


class Grammar:
    """Reads terms from lexemes. Raises Unread.

    differentials  whether a d before a name is one; every method leaves `at` behind what it read
    """

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
        """The lexeme here, or some places ahead; an empty one at the end."""
        place = self.at + ahead
        if place < len(self.all):
            return self.all[place]
        end = self.all[-1].end if self.all else 0
        return Lexeme("end", "", end, end)

    def take(self) -> Lexeme:
        """The lexeme here, which is passed."""
        one = self.here()
        self.at += 1
        return one

    def sees(self, *texts: str) -> bool:
        """Whether one of some signs stands here."""
        return self.here().kind == "sign" and self.here().text in texts

    def fault(self, message: str) -> Unread:
        """What cannot be read here."""
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
        return self.sub(given).whole()

    def sub(self, given: Sequence[Lexeme], differentials: bool = True) -> Grammar:
        """A grammar of its own for some lexemes."""
        return Grammar(given, self.differentials and differentials)

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
        """A term or minus it."""
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
            if self.here().kind == "sign" and self.here().text in TIMES and self.after_operand():
                sign = TIMES[self.take().text]
                minus = self.sees("-") and bool(self.take())
                right = self.factor()
                right = self.signed(-1 if minus else 1, right)
            elif self.starts():
                right = self.factor()
            else:
                return left
            left = Term("mul", (left, right), sign, span=self.span(begin))

    def after_operand(self) -> bool:
        """Whether something stands behind the sign here."""
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
        """Whether a d, or ∂, stands here that changes what is behind it."""
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
                base = raised(self, base, self.group(), begin)
            elif one.kind == "sign" and one.text == "_":
                self.take()
                base = lowered(self, base, self.group(), begin)
            elif one.kind == "sign" and one.text == "'":
                self.take()
                base = primed(self, base, begin)
            elif one.kind == "sign" and one.text in ("ᵀ", "†"):
                self.take()
                base = Term("T" if one.text == "ᵀ" else "pinv", (base,), span=self.span(begin))
            elif one.kind in ("letter", "sign") and (one.text in RAISED or one.text == "⁻"):
                base = unicode_power(self, base, begin)
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
        """A name before a parenthesis."""
        args, _close = self.arguments()
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
            return slashed(self, begin)
        if one.kind == "sign" and one.text == "∇":
            return nabla(self, begin)
        if one.kind == "sign" and one.text in ("∑", "∏"):
            return big(self, begin)
        if one.kind == "sign" and one.text == "√":
            self.take()
            return Term("call", (self.factor(),), "sqrt", span=self.span(begin))
        raise self.fault(
            "an expression is missing here" if one.kind == "end" else f"“{one.text}” is not read"
        )

    def name(self, begin: int) -> Term:
        """A name, or a word with its arguments."""
        along = directed(self, begin)
        if along is not None:
            return along
        one = self.take()
        if one.kind == "word" and one.text in CALLED and (one.text not in ONLY_CALLED or self.sees("(", "[")):
            return self.function(FUNCTIONS.get(one.text, one.text), begin)
        marks = ("bold",) if one.bold else ()
        return Term("name", (), one.text, marks=marks, span=self.span(begin))

    def bracketed(self, begin: int) -> Term:
        """What stands in brackets."""
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
        """What stands between bars: a norm, or |X|."""
        bar = self.take().text
        self.bars.append(bar)
        inside = self.expression()
        self.bars.pop()
        if not self.sees(bar):
            raise self.fault(f"“{bar}” is not closed")
        self.take()
        return Term("norm" if bar == "‖" else "bars", (inside,), span=self.span(begin))

    def command(self, begin: int) -> Term:
        """A command of LaTeX that is an operand."""
        one = self.take()
        text = one.text
        if text.endswith("frac") or text == "nicefrac" or text == "sfrac":
            return fraction(self, begin)
        if text == "sqrt":
            if self.sees("["):
                raise self.fault("roots other than square roots are not read")
            return Term("call", (self.inner(self.group()),), "sqrt", span=self.span(begin))
        if text in CALLED:
            return self.function(FUNCTIONS.get(text, text), begin)
        if text == "bb1" or text == "mathds1":
            return Term("number", value=Fraction(1), marks=("bold",), span=self.span(begin))
        if text in ("begin:cases", "begin:dcases"):
            return cases(self, begin)
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
