"""LaTeX to tokens of the language, with places in the LaTeX text; the grammar does the rest.

Letters side by side are factors (`XW^\\top`), fonts are dropped, `\\mathrm{…}` is one word. What can
be read in two ways is refused or asked about, never guessed.
"""

from __future__ import annotations

from collections.abc import Collection

from gradproof.errors import GradproofError, NameProblem
from gradproof.language.latex.indicators import COMPARED
from gradproof.language.latex.lexer import Lexeme
from gradproof.language.latex.operands import Atoms
from gradproof.language.syntax.command_names import OPERATORS, REFUSED
from gradproof.language.syntax.tokens import Token

CLOSES = {"(": ")", "[": "]", "\\{": "\\}"}
_STOPS = frozenset((")", "]", "⟧", "\\}", "rangle", "rVert", "rvert"))


class _Latex(Atoms):
    """Statements and products."""

    def everything(self) -> list[Token]:
        """The tokens of the whole text."""
        while self.more:
            if not self.ended and (not self.out or self.out[-1].text in (";", "\n")):
                self.heading()
            if self.items(frozenset()):
                one = self.here()
                raise self.fault(f'"{_shown(one)}" closes nothing', self.span(self.at), "GP103", "")
        self.out.append(Token("end", "", self.end, self.end))
        return self.out

    def heading(self) -> None:
        """`f(x, y) = …`: the arguments of what is defined are not said."""
        place, depth = self.extent(self.at) if self.more else self.at, 0
        if place < self.limit and self.lexemes[place].text in ("_", "^"):
            place = self.extent(place + 1) if place + 1 < self.limit else place
        if place >= self.limit or self.lexemes[place].text != "(" or place == self.at:
            return
        first = place
        while place < self.limit:
            text = self.lexemes[place].text
            depth += (text == "(") - (text == ")")
            place += 1
            if text in ("newline", ";", "=") or (text in "+-" and self.lexemes[place - 1].kind == "sign"):
                return
            if not depth:
                break
        if place < self.limit and self.lexemes[place].text in ("=", "coloneqq"):
            kept = self.limit
            self.limit = first
            self.atom()
            self.at, self.limit = place, kept

    def items(self, until: frozenset[str]) -> str:
        """Read up to one of the closing signs, which is not passed; "" at the end of the range."""
        while self.more:
            one = self.here()
            if one.kind == "sign" and (one.text in until or (one.text in _STOPS and not until)):
                return one.text
            if one.text in ("vert", "Vert") and self.closing(one.text):
                return one.text
            if one.kind == "sign" and one.text in _STOPS:
                raise self.fault(f'"{_shown(one)}" cannot stand here', self.span(self.at), "GP103", "")
            self.item(one)
        return ""

    def closing(self, bar: str) -> bool:
        """Whether a bar that has no side closes what is open."""
        return bool(self.frames) and self.frames[-1] == bar and self.ended

    def item(self, one: Lexeme) -> None:
        """One sign between operands, or one operand."""
        span = (one.start, one.end)
        sign = OPERATORS.get(one.text) if one.kind in ("sign", "cmd", "letter") else None
        if sign is not None:
            self.at += 1
            self.sign(sign, span)
        elif one.text in COMPARED and one.kind in ("sign", "cmd") and self.comparing:
            self.at += 1
            self.sign(COMPARED[one.text], span)
        elif one.text == "newline" or one.text in (";", ","):
            self.separator(one)
        elif one.text == ".^" and one.kind == "sign":
            self.at += 1
            self.sign(".^", span)
        elif one.text == "times":
            self.times(one)
        elif one.text == "." and self.at + 1 == self.limit:
            self.at += 1  # the full stop of a sentence
        elif one.kind == "cmd" and (one.text in REFUSED or one.text == "not"):
            raise self.refused("\\" + one.text, REFUSED.get(one.text, "it has no meaning here"), span)
        else:
            self.atom()

    def separator(self, one: Lexeme) -> None:
        """A line ends a statement, unless something is open; so does a comma before it."""
        span = (one.start, one.end)
        self.at += 1
        if one.text == ",":
            if self.frames and self.frames[-1] in ("call", "langle", "block"):
                self.sign(",", span)
            elif self.more and self.here().text != "newline":
                raise self.fault(
                    "a comma stands between two expressions: write ; or \\\\", span, "GP104", ";", ""
                )
        elif one.text == "newline":
            waits = self.frames or (self.out and not self.ended) or not self.more
            starts = self.more and self.here().kind == "sign" and self.here().text in ("+", "-", "=", ":")
            if not waits and not starts:
                self.write("newline", "\n", span, False)
        else:
            self.sign(";", span)

    def times(self, one: Lexeme) -> None:
        """`\\times` between numbers is a product; between vectors it would be another one."""
        beside = self.lexemes[self.at + 1].kind if self.at + 1 < self.limit else ""
        if not (self.out and (self.out[-1].kind == "num" or beside == "digit")):
            raise self.fault(
                "\\times can mean two products: write \\cdot for the matrix product",
                (one.start, one.end), "GP107", "\\cdot ", "\\odot ",
            )  # fmt: skip
        self.at += 1
        self.sign("*", (one.start, one.end))

    def group(self, of: tuple[int, int]) -> None:
        """The contents of braces."""

        def read() -> None:
            if self.items(frozenset()):
                raise self.fault(f'"{_shown(self.here())}" closes nothing', self.span(self.at), "GP103", "")

        frames, self.frames = self.frames, ["group"]
        self.within(of, read)
        self.frames = frames

    def enclosed(self, close: str, frame: str, opener: Lexeme) -> Lexeme:
        """Read up to a closing delimiter, which is passed."""
        self.frames.append(frame)
        if len(self.frames) > 60:
            raise self.fault("parentheses are nested too deep", (opener.start, opener.end), "GP101")
        met = self.items(frozenset((close,)))
        self.frames.pop()
        if not met:
            raise self.fault(f'"{_shown(opener)}" is never closed', (opener.start, opener.end), "GP101")
        self.at += 1
        return self.lexemes[self.at - 1]

    def bar(self, one: Lexeme) -> None:
        """|X| can mean three things: what the option says, a determinant below log, else it is asked."""
        begin = len(self.out)
        logs = [token.text for token in self.out[-2:]] == ["log", "("] and not self.written_log
        close = self.enclosed("rvert" if one.text == "lvert" else "vert", "vert", one)
        span = (one.start, close.end)
        inside = self.source[one.end : close.start].strip()
        word = {"": "det" if logs else "", "norm": "norm2"}.get(self.bars, self.bars)
        if (self.summed or inside.startswith("\\det")) and not self.bars:
            word = "abs"
        texts = (f"\\det({inside})", f"\\operatorname{{abs}}({inside})", f"\\lVert {inside} \\rVert")
        asked = NameProblem(
            f"{self.source[span[0] : span[1]]} can mean three things: a determinant, abs entry by entry, "
            "or a norm", code="GP310", span=span, source=self.source,
            fixes=tuple(self.source[: span[0]] + new + self.source[span[1] :] for new in texts),
            facts=((None, "inside log the determinant was taken; --bars abs or --bars norm changes it" if word
                    else "--bars det, --bars abs or --bars norm says which"),),
        )  # fmt: skip
        if not word:
            raise asked
        if logs and not self.bars and not self.summed:
            self.notes.append(asked)
        self.out[begin:begin] = [
            Token("name", word, one.start, one.start), Token("op", "(", one.start, one.end)
        ]  # fmt: skip
        self.sign(")", (close.start, close.end))


def _shown(one: Lexeme) -> str:
    return {"newline": "\\\\", "Vert": "\\|", "vert": "|"}.get(
        one.text, "\\" + one.text if len(one.text) > 2 and one.kind == "sign" else one.text
    )


def latex_tokens(
    source: str,
    end: int,
    words: Collection[str],
    names: Collection[str] = (),
    bars: str = "",
    derivation: bool = False,
) -> tuple[list[Token], list[GradproofError], frozenset[str]]:
    """The tokens of a LaTeX text up to `end`, what should be said about how it was read, and the small
    letters that are bold, which are vectors.

    words: functions of the language; names: declared names, which win over letters side by side;
    derivation: it is a line of one, so that sizes of identities and ones come from the other lines.
    Raises ParseError, NameProblem (GP310, GP312), UnsupportedError and LimitError.
    """
    reader = _Latex(source, end, words, names, bars)
    reader.derivation = derivation
    return reader.everything(), reader.notes, frozenset(reader.bold)
