"""Names and numbers in LaTeX: letters side by side are factors, subscripts are a part of the name."""

from __future__ import annotations

from gradproof.language.latex.base import Range
from gradproof.language.latex.functions import Functions
from gradproof.language.latex.lexer import Lexeme
from gradproof.language.syntax.command_names import APPLIED, COMMANDS, FUNCTIONS, TRANSPOSE
from gradproof.patterns import Pattern

_WORD = Pattern(r"[^\W\d_]\w*")
_DIGITS = Pattern(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDLIKE = Pattern(r"[A-Za-z]?[a-z]{3,}")


class Names(Functions):
    """Reads names and numbers."""

    def number(self, one: Lexeme) -> None:
        """Digits that stand together."""
        found = _DIGITS.match(self.source, one.start, self.here_end())
        end = found.end() if found else one.end
        self.skip(end)
        self.write("num", self.source[one.start : end], (one.start, end), True)

    def here_end(self) -> int:
        """The place in the text where the range that is read ends."""
        return self.lexemes[self.limit - 1].end if self.limit else 0

    def skip(self, end: int) -> None:
        """Pass the lexemes before a place of the text."""
        while self.more and self.here().start < end:
            self.at += 1

    def letter(self, one: Lexeme) -> None:
        """A letter, a declared name or a function that begins here."""
        found = _WORD.match(self.source, one.start, self.here_end())
        word = found.group() if found else one.text
        behind = self.source[one.start + len(word) :].lstrip()[:1]
        inside = (
            self.at and self.lexemes[self.at - 1].kind == "letter" and self.span(self.at - 1)[1] == one.start
        )
        if word in self.names and len(word) > 1:
            self.skip(one.start + len(word))
            self.write("name", word, (one.start, self.span(self.at - 1)[1]), True)
            return
        if len(word) > 1 and behind == "(" and FUNCTIONS.get(word, word) in self.words and not inside:
            self.skip(one.start + len(word))
            self.function(FUNCTIONS.get(word, word), (one.start, one.start + len(word)))
            return
        run = word.split("_")[0].rstrip("0123456789")
        longest = max((n for n in self.names if len(n) > 1 and run.startswith(n)), key=len, default="")
        if not inside and not longest:
            self.check_run(run, one)
        self.at += len(longest) or 1
        number = one.text == "e" and "e" not in self.names and self.here().text == "^"
        if number and self.exponential(one):
            return
        if not one.text.isalpha() or one.text in "ᵀ⁰¹²³⁴⁵⁶⁷⁸⁹":
            raise self.fault(f'"{one.text}" cannot be read here', (one.start, one.end), "GP106", "")
        self.named(longest or one.text, one)

    def check_run(self, run: str, one: Lexeme) -> None:
        """Letters that look like a word: LaTeX sets them as a product, and that is hardly meant."""
        span = (one.start, one.start + len(run))
        if FUNCTIONS.get(run, run) in self.words and len(run) > 1:
            raise self.fault(
                f'"{run}" is a product of letters in LaTeX: write \\{run}' if run in COMMANDS else
                f'"{run}" is a product of letters in LaTeX: write \\operatorname{{{run}}}',
                span, "GP107", f"\\{run} " if run in COMMANDS else f"\\operatorname{{{run}}}",
            )  # fmt: skip
        if _WORDLIKE.fullmatch(run) and len(run) > 3:
            raise self.fault(
                f'"{run}" is a product of letters in LaTeX; one name is \\mathrm{{{run}}}',
                span, "GP107", f"\\mathrm{{{run}}}",
            )  # fmt: skip

    def exponential(self, one: Lexeme) -> bool:
        """e^{…} is exp(…); e^2 could be the square of a variable."""
        kept = self.at
        self.at += 1
        of = self.argument()
        texts = self.texts(of)
        if len(texts) == 1 and texts[0] in TRANSPOSE:
            self.at = kept
            return False
        if all(text.isdigit() or text == "-" for text in texts):
            raise self.fault(
                "e can be the number or a variable: write \\exp(…), or declare e",
                (one.start, self.between(of)[1]), "GP107", f"\\exp({''.join(texts)})",
            )  # fmt: skip
        self.write("name", "exp", (one.start, one.end), False)
        self.sign("(", (one.end, one.end))
        self.group(of)
        self.sign(")", (self.span(self.at - 1)[1],) * 2)
        return True

    def named(self, base: str, one: Lexeme) -> None:
        """A name with its subscript: written, or applied where a parenthesis follows."""
        end = self.span(self.at - 1)[1]
        name, below = base, None
        if self.here().text == "_" and self.here().kind == "sign":
            self.at += 1
            below = self.argument()
            end = self.span(self.at - 1)[1]
            if self.identity(base, below, (one.start, end)):
                return
            text = self.letters(below)
            if not text:
                raise self.refused(self.source[one.start : end], "write one letter, number or word below",
                                   (one.start, end))  # fmt: skip
            name = f"{base}_{text}"
        elif self.identity(base, None, (one.start, end)):
            return
        place = self.superscript()
        if place:
            end, name = self.span(self.at - 1)[1], f"{name}_{place}"
        span = (one.start, end)
        self.known(name, span)
        if (base in APPLIED or name in self.words or self.of_names(base)) and self.applied(base, name, span):
            return
        self.write("name", name, span, True)

    def superscript(self) -> str:
        """x^{(i)}: the i-th of several, which is what a subscript says."""
        if self.here().text != "^" or not self.more or self.here(1).text != "{":
            return ""
        first, last = self.at + 2, self.pairs[self.at + 1]
        texts = [one.text for one in self.lexemes[first:last]]
        if len(texts) < 3 or texts[0] not in "([" or texts[-1] not in ")]":
            return ""
        text = self.letters((first + 1, last - 1))
        if text:
            self.at = last + 1
        return text

    def identity(self, base: str, below: Range | None, span: tuple[int, int]) -> bool:
        """I and I_n are the identity, unless I is declared or defined."""
        if base != "I" or "I" in self.names or self.defined("I"):
            return False
        if below is not None and not self.letters(below):
            return False
        if below is None and self.derivation:
            return False
        self.sized("eye", below, span)
        return True

    def defined(self, name: str) -> bool:
        """Whether a statement defines a name."""
        return any(
            one.text == name and two.text == "="
            for one, two in zip(self.lexemes, self.lexemes[1:], strict=False)
        )

    def sized(self, word: str, below: Range | None, span: tuple[int, int]) -> None:
        """An identity or ones: with the size that is written, or one that the rest decides."""
        if below is None and self.derivation and word == "ones":
            self.unsized += 1
            self.write("name", f"o𝟏{span[0]}", span, True)
            return
        self.write("name", word, span, False)
        self.sign("(", span)
        if below is None:
            self.unsized += 1
            self.write("name", f"?{self.unsized}", span, True)
        else:
            texts = self.texts(below)
            if "times" in texts or "," in texts:
                cut = below[0] + [one.text in ("times", ",") for one in self.lexemes[slice(*below)]].index(
                    True
                )
                self.group((below[0], cut))
                self.sign(",", self.span(cut))
                below = (cut + 1, below[1])
            self.group(below)
        self.sign(")", span)
