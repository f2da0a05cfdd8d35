"""The operands of LaTeX: names, numbers, fractions, delimiters, and what stands above and below them."""

from __future__ import annotations

import re

from gradproof.errors import NameProblem
from gradproof.language.latex.base import Range, Scripts
from gradproof.language.latex.indicators import Indicators
from gradproof.language.latex.lexer import Lexeme
from gradproof.language.syntax.command_names import (
    ACCENTS,
    APPLIED,
    COMMANDS,
    FONTS,
    FUNCTIONS,
    TRANSPOSE,
    WORDY,
)
from gradproof.language.syntax.tokens import Token

_OPENS = {"(": ")", "[": "]", "\\{": "\\}"}


class Atoms(Indicators):
    """Reads one operand at a time."""

    def atom(self) -> None:
        """One operand with its scripts; * is written before it where it follows another one."""
        one = self.here()
        if self.ended:
            self.beside(one)
        begin = len(self.out)
        if one.kind == "digit":
            self.number(one)
        elif one.kind == "letter":
            self.letter(one)
        elif one.kind == "cmd":
            self.command(one)
        else:
            self.delimited(one)
        if self.ended:
            self.raised(begin, one.start, self.scripts())

    def beside(self, one: Lexeme) -> None:
        """Two operands side by side are factors, where they cannot mean anything else."""
        before = self.out[-1]
        near = before.end == one.start
        if one.kind == "digit" and not (self.derivation and not near):
            text = self.source[before.start : before.end]
            raise self.fault(
                f"a number stands behind {text}: write {text}_{{{one.text}}}, {text} \\cdot {one.text} "
                f"or {text}^{{…}}", (before.start, one.end), "GP107",
            )  # fmt: skip
        if self.divides() and not (before.kind == "num" and self.out[-3:][0].kind == "num" and not near):
            raise self.fault(
                "does this factor stand below the line? write \\frac{…}{…} or parentheses",
                (one.start, one.end), "GP107",
            )  # fmt: skip
        self.write("op", "*", (before.end, one.start), False)

    def divides(self) -> bool:
        """Whether the operand written last stands behind a slash."""
        place = len(self.out) - 1
        while place > self.floor:
            while place > self.floor and self.out[place].text == "'":
                place -= 1
            if self.out[place].text == ")":
                depth = 0
                while place > self.floor:
                    depth += (self.out[place].text == ")") - (self.out[place].text == "(")
                    if not depth:
                        break
                    place -= 1
                if place > self.floor and self.out[place - 1].kind == "name":
                    place -= 1
            if place <= self.floor:
                return False
            if self.out[place - 1].text in ("^", ".^"):
                place -= 2
                continue
            return self.out[place - 1].text in ("/", "./")
        return False

    # ---- commands

    def command(self, one: Lexeme) -> None:
        """A command that begins an operand."""
        name, span = one.text, (one.start, one.end)
        greek = self.greek(name)
        if greek:
            self.at += 1
            self.named(greek, one)
        elif name in ("frac", "dfrac", "tfrac", "cfrac"):
            self.fraction(one)
        elif name == "sqrt":
            self.root(one)
        elif name in ("sum", "Sigma"):
            self.sum(one)
        elif self.takes(name):
            self.dressed(one)
        elif name in COMMANDS or name in self.words:
            self.at += 1
            self.function(FUNCTIONS.get(name, name), span)
        elif name in TRANSPOSE:
            raise self.fault(f"\\{name} stands above: write ^\\{name}", span, "GP104", f"^\\{name} ")
        else:
            raise self.fault(f'"\\{name}" is not known here', span, "GP106", f"\\operatorname{{{name}}}")

    def dressed(self, one: Lexeme) -> None:
        """A letter in a font or with a sign above, or a word."""
        place = self.at
        self.at += 1
        of = self.argument()
        texts = self.texts(of)
        if (one.text in FONTS or one.text in WORDY) and self.indicator(of, one):
            return
        if one.text in FONTS and texts in (["1"], ["0"]):
            self.constant(texts[0], one)
            return
        if one.text == "mathbb" and texts and texts[0] in "EPR":
            raise self.refused(f"\\mathbb{{{texts[0]}}}", "expectations and sets are not supported",
                               (one.start, self.between(of)[1]))  # fmt: skip
        name = self.base((place, self.at))
        if one.text in WORDY and (len(name) > 1 or not name):
            self.word(one, name, of)
        elif name:
            self.named(name, one)
            if one.text in ("mathbf", "bm", "boldsymbol", "vec", "pmb") and name[0].islower() and self.ended:
                self.bold.add(self.out[-1].text)
        elif one.text in ACCENTS:
            raise self.refused(f"\\{one.text} above an expression", "give it a name in a statement before",
                               (one.start, self.between(of)[1]))  # fmt: skip
        else:
            self.wrapped(of, one)

    def constant(self, digit: str, one: Lexeme) -> None:
        """A bold 1 is a vector of ones, a bold 0 is zero."""
        below = None
        if self.here().text == "_":
            self.at += 1
            below = self.argument()
        span = (one.start, self.span(self.at - 1)[1])
        if digit == "0":
            self.write("num", "0", span, True)
        else:
            self.sized("ones", below, span)

    def base(self, of: Range) -> str:
        """The one name that a range of lexemes spells, or ""."""
        first = self.lexemes[of[0]] if of[0] < of[1] else Lexeme("end", "", 0, 0)
        if first.kind == "sign" and first.text == "{" and self.pairs[of[0]] + 1 == of[1]:
            return self.base((of[0] + 1, of[1] - 1))
        if of[1] - of[0] == 1:
            return first.text if first.kind == "letter" else self.greek(first.text)
        if first.kind != "cmd" or self.extent(of[0]) != of[1]:
            return ""
        inside = (of[0] + 1, of[1])
        if first.text in WORDY:
            return self.spelled_word(inside)
        name = self.base(inside)
        return f"{name}_{ACCENTS[first.text]}" if name and first.text in ACCENTS else name

    def spelled_word(self, of: Range) -> str:
        """The letters of `\\mathrm{…}`."""
        out = ""
        for one in self.lexemes[of[0] : of[1]]:
            if one.kind in ("letter", "digit") or (one.kind == "cmd" and one.text in ("_", "-")):
                out += "_" if one.kind == "cmd" else one.text
            elif one.kind == "cmd" and self.greek(one.text):
                out += self.greek(one.text)
            elif one.text not in ("{", "}", "_"):
                return ""
            elif one.text == "_":
                out += "_"
        return out if out[:1].isalpha() else ""

    def word(self, one: Lexeme, name: str, of: Range) -> None:
        """A word in upright letters: a function of the language, an unknown one, a name, or the letters of
        einsum in quotes."""
        span = (one.start, self.span(self.at - 1)[1])
        quoted = re.search(r"``(.*?)''", self.source[slice(*span)])
        if quoted and one.text == "text":
            letters = quoted[1].replace("\\to", "->").replace("$", "").replace(" ", "")
            self.write("str", letters, span, True)
            return
        if not name:
            raise self.refused(self.source[slice(*span)], "only names and functions are written so", span)
        known = FUNCTIONS.get(name, name)
        if name in self.names:
            self.named(name, one)
        elif known in self.words or known.lower() in self.words:
            self.function(known if known in self.words else known.lower(), span)
        elif one.text.startswith("operatorname") or self.here().text == "(":
            self.function(name, span)
        else:
            self.named(name, one)

    def fraction(self, one: Lexeme) -> None:
        """\\frac{a}{b}."""
        self.at += 1
        above, below = self.argument(), self.argument()
        first, second = self.texts(above)[:1], self.texts(below)[:1]
        span = (one.start, self.span(self.at - 1)[1])
        if first and second and first[0] == second[0] in ("d", "partial") and len(self.texts(below)) > 1:
            raise self.refused("a derivative", "write the function alone; the variable is named apart", span)
        halves = (self.texts(above), self.texts(below))
        if one.text == "tfrac" and halves in ((["1"], ["2"]), (["1"], ["4"]), (["3"], ["4"])):
            text = {"12": "0.5", "14": "0.25", "34": "0.75"}[first[0] + second[0]]
            self.write("num", text, span, True)  # so are these numbers printed
            return
        self.sign("(", (one.start, one.end))
        self.wrapped(above, one)
        self.sign("/", (one.start, one.end))
        self.wrapped(below, one)
        self.sign(")", (span[1] - 1, span[1]))

    def wrapped(self, of: Range, one: Lexeme) -> None:
        """A range as one operand: in parentheses, where it is more than one token."""
        start, end = self.between(of) if of[0] < of[1] else (one.start, one.end)
        begin = len(self.out)
        floor, self.floor = self.floor, begin
        self.ended = False
        self.group(of)
        self.floor = floor
        if not self.ended:
            raise self.fault("something is missing here", (one.start, end), "GP104")
        if len(self.out) > begin + 1:
            self.wrap(begin, start)
            self.sign(")", (end, end))

    def root(self, one: Lexeme) -> None:
        """\\sqrt{a}."""
        self.at += 1
        if self.here().text == "[":
            raise self.refused("\\sqrt[n]", "write a power, x^{1/3}", (one.start, one.end))
        self.write("name", "sqrt", (one.start, one.end), False)
        of = self.argument()
        self.sign("(", (one.end, one.end))
        self.group(of)
        end = self.span(self.at - 1)[1]
        self.sign(")", (end - 1, end))

    # ---- delimiters

    def delimited(self, one: Lexeme) -> None:
        """An operand that begins with a delimiter."""
        span = (one.start, one.end)
        self.at += 1
        if one.text == "{":
            of = (self.at, self.pairs[self.at - 1])
            self.at = of[1] + 1
            self.wrapped(of, one)
        elif one.text in _OPENS:
            self.at -= 1
            if self.indicator((0, 0), one):
                return
            self.at += 1
            if one.text == "[" and self.unclear(one):
                raise self.fault("brackets behind a name could be a product or an entry", span, "GP107", "(")
            self.sign("(", span)
            close = self.enclosed(_OPENS[one.text], "group", one)
            self.sign(")", (close.start, close.end))
        elif one.text == "⟦":
            self.sign("[", span)
            close = self.enclosed("⟧", "block", one)
            self.write("op", "]", (close.start, close.end), True)
        elif one.text == '"':
            end = self.source.find('"', one.end)
            if end < 0:
                raise self.fault("a quotation is never closed", span, "GP101")
            self.skip(end + 1)
            self.write("str", self.source[one.end : end], (one.start, end + 1), True)
        elif one.text in ("Vert", "lVert"):
            self.norm(one)
        elif one.text in ("vert", "lvert"):
            self.bar(one)
        elif one.text == "langle":
            self.angles(one)
        else:
            shown = {"newline": "\\\\", "rVert": "\\|"}.get(one.text, one.text)
            raise self.fault(f'"{shown}" cannot stand here', span, "GP104", "")

    def unclear(self, one: Lexeme) -> bool:
        """Whether brackets right behind a name may be an entry, or behind f(x) a direction: behind a number,
        a fraction or a transpose, or with a size of their own they are parentheses."""
        if len(self.out) < 2 or self.out[-1].text != "*" or self.out[-2].end != one.start:
            return False
        before = self.out[-2]
        if before.kind == "name":
            return one.end - one.start == 1 or before.text in APPLIED
        place, depth = len(self.out) - 2, 0
        if before.text != ")":
            return False
        while place >= 0:
            depth += (self.out[place].text == ")") - (self.out[place].text == "(")
            if not depth:
                break
            place -= 1
        return place > 0 and self.out[place - 1].kind == "name"

    def angles(self, one: Lexeme) -> None:
        """\\langle A, B\\rangle is A:B."""
        begin = len(self.out)
        for text in ("(", "("):
            self.sign(text, (one.start, one.end))
        close = self.enclosed("rangle", "langle", one)
        commas = [place for place in self.commas(begin)]
        if len(commas) != 1:
            raise self.fault("\\langle a, b\\rangle has two parts", (one.start, close.end), "GP104")
        comma = self.out[commas[0]]
        at = (comma.start, comma.end)
        self.out[commas[0] : commas[0] + 1] = [
            Token("op", ")", *at), Token("op", ":", *at), Token("op", "(", *at)
        ]  # fmt: skip
        for _ in range(2):
            self.sign(")", (close.start, close.end))
        if self.here().text == "_":
            self.at += 1
            if self.texts(self.argument()) not in (["F"], ["mathrm", "F"], ["2"]):
                raise self.refused(
                    "this inner product", "only the Frobenius one is known", (one.start, close.end)
                )

    def commas(self, begin: int) -> list[int]:
        """The places of the commas of the angle that was opened at a token."""
        depth, out = 0, []
        for place in range(begin, len(self.out)):
            text = self.out[place].text if self.out[place].kind == "op" else ""
            depth += (text == "(") - (text == ")")
            if text == "," and depth == 2:
                out.append(place)
        return out

    # ---- scripts

    def scripts(self) -> Scripts:
        """What stands above an operand; names have read what stands below."""
        out = Scripts()
        while self.more:
            one = self.here()
            if one.text in ("'", "’", "′", "ᵀ", "prime"):
                out.primes.append(one)
                self.at += 1
            elif one.kind == "sign" and one.text == "^" and out.above is None:
                out.start = one.start
                self.at += 1
                out.above = self.argument()
                out.end = self.span(self.at - 1)[1]
            elif one.kind == "sign" and one.text in ("_", "^"):
                what = "two exponents" if one.text == "^" else "a subscript here"
                raise self.refused(what, "write parentheses, or give it a name in a statement before",
                                   (one.start, one.end))  # fmt: skip
            else:
                break
        return out

    def raised(self, begin: int, start: int, scripts: Scripts) -> None:
        """Write what stands above the operand that begins at a token."""
        for one in scripts.primes:
            self.sign("'", (one.start, one.end))
        if scripts.above is None:
            return
        span = (scripts.start, scripts.end)
        texts = [t for t in self.texts(scripts.above) if t not in WORDY and t not in ("rm", "sf")]
        if len(texts) == 1 and texts[0] in TRANSPOSE:
            self.signs("^T" if texts[0] == "T" and not scripts.primes else "'", span)
            self.ended = True
        elif len(texts) == 2 and texts[0] == "-" and texts[1] in TRANSPOSE:
            if texts[1] == "T":
                self.signs("^-T", span)
            else:
                self.wrap(begin, start)
                self.signs("^-1)'", span)
            self.ended = True
        elif texts in (["*"], ["ast"], ["dagger"], ["H"], ["+"], ["star"], ["c"], ["circ"]):
            raise self.refused(self.source[slice(*span)], "everything is real here; the transpose is ^\\top",
                               span)  # fmt: skip
        elif all(text in ("prime", "'") for text in texts):
            self.signs("'" * len(texts), span)
        else:
            self.power(scripts.above, texts, span)

    def power(self, of: Range, texts: list[str], span: tuple[int, int]) -> None:
        """An exponent; entry by entry below \\odot or \\circ."""
        dotted = texts[:1] in (["odot"], ["circ"])
        if dotted:
            of = (of[0] + 1, of[1])
        if dotted and of[0] == of[1]:
            raise self.fault("something is missing here", span, "GP104")
        if not dotted and len(texts) > 2 and texts[0] in "([" and texts[-1] in ")]":
            raise NameProblem(
                "a number in parentheses above a name is its number; this stands above an expression",
                code="GP312", span=span, source=self.source,
            )  # fmt: skip
        self.sign(".^" if dotted else "^", span)
        if texts[int(dotted)] == "-" and len(texts) > 1 + int(dotted):
            rest = (of[0] + 1, of[1])
            if all(text.isdigit() or text == "." for text in self.texts(rest)):
                self.sign("-", span)
                of = rest
        first = self.lexemes[of[0]]
        self.wrapped(of, first)
