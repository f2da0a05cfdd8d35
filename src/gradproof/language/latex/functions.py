"""Functions in LaTeX: where their argument begins and ends, norms, and sums over indices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn

from gradproof.errors import NameProblem
from gradproof.language.latex.base import LatexReader, Range
from gradproof.language.latex.lexer import Lexeme
from gradproof.language.syntax.command_names import COMMANDS, OPERATORS, REFUSED, WHOLE, WORDY
from gradproof.language.syntax.desugar import NORMS
from gradproof.language.syntax.tokens import Token
from gradproof.language.syntax.tree import Span

_OPENS = {"(": ")", "[": "]", "\\{": "\\}"}


class Functions(LatexReader, ABC):
    """Reads applications."""

    written_log = False  # the last log was given no argument of its own

    @abstractmethod
    def atom(self) -> None:
        """One operand."""

    @abstractmethod
    def group(self, of: Range) -> None:
        """The contents of braces."""

    @abstractmethod
    def enclosed(self, close: str, frame: str, opener: Lexeme) -> Lexeme:
        """Read up to a closing delimiter."""

    @abstractmethod
    def bar(self, one: Lexeme) -> None:
        """|X|."""

    @property
    def summed(self) -> bool:
        """Whether what is written stands below a sum over an index: there, entries are numbers."""
        return any(token.kind == "sum" for token in self.out)

    # ---- applications

    def function(self, word: str, span: Span) -> None:
        """A function with its argument."""
        power: Range | None = None
        if self.here().text == "^" and self.more:
            self.at += 1
            power = self.argument()
            if "-" in self.texts(power):
                self.ambiguous(f"\\{word}^{{-1}} can be an inverse function or a reciprocal", power)
        if self.here().text == "_" and self.more:
            what = "an objective is written alone" if word in ("max", "min") else "no subscript is known here"
            raise self.refused(f"\\{word}_", what, (span[0], self.span(self.at)[1]))
        self.write("name", word, span, False)
        while self.here().text in ("'", "′") and self.more:
            self.write("op", "'", (self.here().start, self.here().end), False)
            self.at += 1
        one = self.here()
        if one.kind == "sign" and one.text in _OPENS and self.more:
            self.call(one)
            if word == "tr" and self.here().text == "^" and self.more and not self.derivation:
                self.ambiguous(
                    "is this the power of the trace, or of what stands inside?", (self.at, self.at + 1)
                )
        else:
            self.bare(word, span)
        if power is not None:
            self.write("op", "^", self.between(power), False)
            self.sign("(", self.between(power))
            self.group(power)
            self.sign(")", self.between(power))

    def call(self, one: Lexeme) -> None:
        """Arguments in parentheses."""
        self.at += 1
        self.sign("(", (one.start, one.end))
        close = self.enclosed(_OPENS[one.text], "call", one)
        self.sign(")", (close.start, close.end))

    def bare(self, word: str, span: Span) -> None:
        """An argument without parentheses: the factors that follow, as far as that is clear."""
        self.sign("(", (span[1], span[1]))
        self.frames.append("bare")
        count, one = 0, self.here()
        while self.more and not self.stops(word, count):
            one = self.here()
            self.atom()
            if not self.ended:
                continue  # a sum, which goes before what it sums
            count += 1
            if one.kind == "sign" or self.is_function(one):
                break  # an argument that has an end of its own
        self.frames.pop()
        if not count:
            what = f"write parentheses around the argument of {word}"
            raise self.fault(what, (span[0], self.here().end), "GP104")
        end = self.out[-1].end
        self.sign(")", (end, end))
        if count == 1 and (one.kind == "sign" or self.is_function(one)) and word in WHOLE and self.starts():
            self.ambiguous(
                f"where does the argument of {word} end? write parentheses", (self.at, self.at + 1)
            )

    def stops(self, word: str, count: int) -> bool:
        """Whether the argument of a function ends here; raises ParseError where that is unclear."""
        one = self.here()
        sign = OPERATORS.get(one.text)
        if sign in ("+", "-", "=", ";"):
            return True
        if sign is not None or one.text in ("times", ".^"):
            if word in WHOLE or count != 1 or sign not in ("*",):
                self.ambiguous(
                    f"where does the argument of {word} end? write parentheses", (self.at, self.at + 1)
                )
            return True
        if one.kind == "cmd" and (self.is_function(one) or one.text == "sum") and count:
            if word in WHOLE:
                self.ambiguous(
                    f"where does the argument of {word} end? write parentheses", (self.at, self.at + 1)
                )
            return True
        if one.kind == "cmd" and one.text in REFUSED:
            return True
        return not self.starts()

    def starts(self) -> bool:
        """Whether an operand begins here."""
        one = self.here()
        if not self.more or one.kind == "end":
            return False
        if one.text in ("Vert", "vert"):
            return one.text not in self.frames
        if one.kind == "sign":
            return one.text in ("(", "[", "{", "\\{", "lVert", "lvert", "langle", "⟦")
        return one.text not in OPERATORS and one.text not in REFUSED and one.text != "times"

    def is_function(self, one: Lexeme) -> bool:
        """Whether a lexeme is a function of the language."""
        if one.kind != "cmd":
            return False
        if one.text in WORDY:
            place = self.lexemes.index(one)
            end = self.extent_of(place)
            word = "".join(x.text for x in self.lexemes[place + 1 : end] if x.kind in ("letter", "digit"))
            return one.text.startswith("operatorname") or word in self.words
        return one.text in COMMANDS or one.text in self.words

    def extent_of(self, place: int) -> int:
        """`extent`, in the whole text."""
        kept, self.limit = self.limit, len(self.lexemes)
        end = self.extent(place)
        self.limit = kept
        return end

    def ambiguous(self, what: str, of: Range) -> NoReturn:
        """Refuse what can be read in two ways."""
        raise self.fault(what, self.between(of), "GP107")

    def applied(self, base: str, name: str, span: Span) -> bool:
        """f(x), L(Y), σ(z): a letter that functions have, before a parenthesis, and nowhere else bare."""
        place = self.at
        while place < self.limit and self.lexemes[place].text in ("'", "′"):
            place += 1
        opens = place < self.limit and self.lexemes[place].text == "(" and self.lexemes[place].kind == "sign"
        if not opens or name in self.names or (name not in self.words and self.alone(base)):
            return False
        if base in ("sigma", "σ") and name == base and "sigmoid" in self.words:
            self.notes.append(
                NameProblem("σ before a parenthesis is read as the sigmoid", code="GP313", span=span,
                            source=self.source, facts=((None, "declare sigma to make it a number"),))
            )  # fmt: skip
            name = "sigmoid"
        self.write("name", name, span, False)
        while self.here().text in ("'", "′"):
            one = self.here()
            self.write("op", "'", (one.start, one.end), False)
            self.at += 1
        self.call(self.here())
        return True

    def of_names(self, base: str) -> bool:
        """Whether a letter stands before nothing but names in parentheses: K(\theta), A(s, t). As a product
        nobody writes that."""
        places = [k for k, one in enumerate(self.lexemes) if one.text == base or self.greek(one.text) == base]
        return all(map(self._before_names, places))

    def _before_names(self, place: int) -> bool:
        """Whether names in parentheses stand behind a letter, its script and its font."""
        place += 1
        while place < len(self.lexemes) and self.lexemes[place].text in ("}", "_"):
            place = self.extent_of(place + 1) if self.lexemes[place].text == "_" else place + 1
        if place >= len(self.lexemes) or self.lexemes[place].text != "(":
            return False
        while True:
            place += 1
            one = self.lexemes[place] if place < len(self.lexemes) else None
            if one is None or not (one.kind == "letter" or self.greek(one.text)):
                return False
            place += 1
            if place < len(self.lexemes) and self.lexemes[place].text == "_":
                place = self.extent_of(place + 1)
            sign = self.lexemes[place].text if place < len(self.lexemes) else ""
            if sign != ",":
                return sign == ")"

    def alone(self, base: str) -> bool:
        """Whether a letter stands somewhere without a parenthesis behind it."""
        for place, one in enumerate(self.lexemes):
            if one.text == base or self.greek(one.text) == base:
                behind = place + 1
                while behind < len(self.lexemes) and self.lexemes[behind].text in ("}", "'", "′"):
                    behind += 1
                if behind < len(self.lexemes) and self.lexemes[behind].text == "_":
                    continue
                if behind == len(self.lexemes) or self.lexemes[behind].text not in ("(", "="):
                    return True
        return False

    # ---- norms

    def norm(self, one: Lexeme) -> None:
        """\\|X\\|, with what stands below it: F, 1, 2 or nothing."""
        begin = len(self.out)
        self.sign("(", (one.start, one.end))
        close = self.enclosed("rVert" if one.text == "lVert" else "Vert", "Vert", one)
        self.sign(")", (close.start, close.end))
        which: list[str] = []
        if (
            self.here().text == "^"
            and self.more
            and self.here(self.extent(self.at + 1) - self.at).text == "_"
        ):
            self.exchange()
        if self.here().text == "_" and self.more:
            self.at += 1
            which = [text for text in self.texts(self.argument()) if text not in WORDY]
        span = (one.start, self.span(self.at - 1)[1])
        word = NORMS.get("".join(which), "")
        if "".join(which) == "infty" and "norminf" in self.words:
            word = "norminf"
        if not word:
            raise self.refused(f"this norm, {self.source[slice(*span)]},", "known are \\|x\\|, \\|x\\|_2, "
                               "\\|x\\|_1 and \\|X\\|_F", span)  # fmt: skip
        self.out[-1] = Token("op", ")", close.start, span[1])
        self.out.insert(begin, Token("name", word, one.start, one.end))

    def exchange(self) -> None:
        """What stands above and below in the other order: \\|X\\|^2_F."""
        first, middle = self.at, self.extent(self.at + 1)
        last = self.extent(middle + 1)
        swapped = [*self.lexemes[middle:last], *self.lexemes[first:middle]]
        self.lexemes[first:last] = swapped
        for place, one in enumerate(self.lexemes[first:last], first):
            if one.text == "{" and one.kind == "sign":
                self.pairs[place] = self.close_of(place)

    def close_of(self, place: int) -> int:
        """The place of the brace that closes one."""
        depth = 0
        for at in range(place, len(self.lexemes)):
            depth += (self.lexemes[at].text == "{") - (self.lexemes[at].text == "}")
            if not depth:
                return at
        return place

    # ---- sums over indices

    def sum(self, one: Lexeme) -> None:
        """\\sum_{i=1}^n, \\sum_{ij}, \\sum_{i<j}: a sign before the product that it sums."""
        self.at += 1
        below: list[str] = []
        above: list[str] = []
        while self.more and self.here().text in ("_", "^"):
            under = self.here().text == "_"
            self.at += 1
            texts = self.texts(self.argument())
            below, above = (texts, above) if under else (below, texts)
        span = (one.start, self.span(self.at - 1)[1])
        plain = all(len(text) == 1 or text == "lt" for text in below)
        text = sum_text("".join(below).replace("lt", "<"), "".join(above)) if plain else ""
        if not text:
            raise self.fault(
                "a sum is written \\sum_i, \\sum_{ij}, \\sum_{i=1}^n or \\sum_{i<j}", span, "GP121"
            )
        self.write("sum", text, span, False)


def sum_text(below: str, above: str) -> str:
    """What stands below and above a sum, as the text of its token: "ij", "i<j", "i:n"; "" for none."""
    index, equals, start = below.partition("=")
    if equals:
        if start != "1" or len(index) != 1 or not (above.isalnum() and above):
            return ""
        return f"{index}:{above}" if _index(index) else ""
    if above:
        return f"{below}:{above}" if len(below) == 1 and _index(below) and above.isalnum() else ""
    first, less, second = below.partition("<")
    if less:
        return below if _index(first) and _index(second) and len(below) == 3 and first != second else ""
    letters = below.replace(",", "").replace(" ", "")
    return letters if letters and all(map(_index, letters)) and len(set(letters)) == len(letters) else ""


def _index(letter: str) -> bool:
    return len(letter) == 1 and letter.isascii() and letter.islower()
