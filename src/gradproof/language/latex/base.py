"""What the reader of LaTeX holds: lexemes, the place reached, and the tokens written so far.

Tokens are those of the language, each with its place in the LaTeX text, so that the grammar and all
messages work on what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from gradproof.errors import GradproofError, NameProblem, UnsupportedError
from gradproof.language.latex.lexer import Lexeme, braces, fault, lexemes
from gradproof.language.syntax.command_names import ACCENTS, FONTS, GREEK, VARIANTS, WORDY
from gradproof.language.syntax.tokens import Token
from gradproof.language.syntax.tree import Span

Range = tuple[int, int]


class Scripts:
    """What stands below and above an atom: ranges of lexemes, and how many primes."""

    __slots__ = ("above", "below", "end", "primes", "start")

    def __init__(self) -> None:
        self.below: Range | None = None
        self.above: Range | None = None
        self.primes: list[Lexeme] = []
        self.start = self.end = 0


class LatexReader:
    """Lexemes in, tokens out.

    words    what the language calls functions; names: names that were declared; bars: "", "det", "abs"
             or "norm", what |X| is; notes: what was understood and should be said
    """

    def __init__(
        self, source: str, end: int, words: Collection[str], names: Collection[str], bars: str
    ) -> None:
        self.source = source
        self.lexemes = lexemes(source, end)
        self.pairs = braces(source, self.lexemes)
        self.words = words
        self.names = names
        self.bars = bars
        self.at = 0
        self.limit = len(self.lexemes)
        self.end = end
        self.out: list[Token] = []
        self.ended = False  # the last token ends an operand
        self.frames: list[str] = []
        self.notes: list[GradproofError] = []
        self.spelled: dict[str, str] = {}
        self.bold: set[str] = set()
        self.unsized = 0
        self.derivation = False
        self.floor = 0  # where the tokens of the braces that are read begin

    # ---- reading

    @property
    def more(self) -> bool:
        """Whether a lexeme is left in the range that is read."""
        return self.at < self.limit

    def here(self, ahead: int = 0) -> Lexeme:
        """The lexeme here; an empty one at the end of the range."""
        place = self.at + ahead
        if place < self.limit:
            return self.lexemes[place]
        end = self.lexemes[self.limit - 1].end if self.limit else self.end
        return Lexeme("end", "", end, end)

    def within(self, of: Range, read: Callable[[], None]) -> None:
        """Read a range of lexemes, then go on here."""
        kept = self.at, self.limit
        self.at, self.limit = of
        read()
        self.at, self.limit = kept

    def extent(self, place: int) -> int:
        """The place behind one argument: a group, a command with its own arguments, or one character."""
        if place >= self.limit:
            raise self.fault("something is missing here", self.span(self.limit - 1), "GP104")
        one = self.lexemes[place]
        if one.kind == "sign" and one.text == "{":
            return self.pairs[place] + 1
        many = 0
        if one.kind == "cmd":
            many = 2 if one.text.endswith("frac") else 1 if self.takes(one.text) else 0
        place += 1
        for _ in range(many):
            place = self.extent(place)
        return place

    def takes(self, command: str) -> bool:
        """Whether a command takes an argument."""
        return command in FONTS or command in WORDY or command in ACCENTS or command == "sqrt"

    def argument(self) -> Range:
        """The range of the next argument, without its braces; it is passed."""
        first, behind = self.at, self.extent(self.at)
        self.at = behind
        if self.lexemes[first].text == "{" and self.lexemes[first].kind == "sign":
            return first + 1, behind - 1
        return first, behind

    def texts(self, of: Range) -> list[str]:
        """The texts of a range, without braces."""
        return [one.text for one in self.lexemes[of[0] : of[1]] if one.text not in ("{", "}")]

    def span(self, place: int) -> Span:
        """The place in the text of a lexeme."""
        if not self.lexemes:
            return (0, self.end)
        one = self.lexemes[max(0, min(place, len(self.lexemes) - 1))]
        return (one.start, one.end)

    def between(self, of: Range) -> Span:
        """The place in the text of a range."""
        if of[0] >= of[1]:
            return self.span(of[0])
        return (self.lexemes[of[0]].start, self.lexemes[of[1] - 1].end)

    # ---- writing

    def write(self, kind: str, text: str, span: Span, ended: bool) -> None:
        """One more token."""
        self.out.append(Token(kind, text, *span))
        self.ended = ended

    def sign(self, text: str, span: Span) -> None:
        """An operator or a delimiter."""
        self.write("op", text, span, text in (")", "'", "‖"))

    def wrap(self, begin: int, start: int) -> None:
        """A parenthesis around what was written from `begin` on is opened."""
        self.out.insert(begin, Token("op", "(", start, start))

    def signs(self, text: str, span: Span) -> None:
        """Several one-letter tokens at one place: signs, digits and names."""
        for one in text:
            kind = "num" if one.isdigit() else "name" if one.isalpha() else "op"
            self.write(kind, one, span, kind != "op" or one in ")'")

    # ---- names

    def letters(self, of: Range) -> str:
        """The letters and digits of a subscript as they join a name, or "" where it is none."""
        out, place = "", of[0]
        while place < of[1]:
            one = self.lexemes[place]
            if one.kind in ("letter", "digit") or (one.kind == "cmd" and one.text in GREEK):
                out += one.text
            elif not (
                one.text in ("{", "}", ",")
                or (one.kind == "cmd" and (one.text in WORDY or one.text in FONTS))
            ):
                return ""
            place += 1
        return out

    def known(self, name: str, span: Span) -> str:
        """A name, which must stand for one symbol only: fonts are dropped, and x is not 𝐱 as well."""
        spelled = "".join(one for one in self.source[span[0] : span[1]] if one not in "{}, \n\t")
        before = self.spelled.setdefault(name, spelled)
        if before != spelled:
            raise NameProblem(
                f"{before} and {spelled} would both be called {name}: use another letter for one",
                code="GP312", span=span, source=self.source,
            )  # fmt: skip
        return name

    def greek(self, command: str) -> str:
        """The language's word for a Greek letter, or ""."""
        command = VARIANTS.get(command, command)
        return command if command in GREEK else ""

    # ---- faults

    def fault(self, message: str, span: Span, code: str, *instead: str) -> GradproofError:
        """A ParseError at a place, with candidates for what may stand there instead."""
        return fault(self.source, message, span, code, *instead)

    def refused(self, what: str, why: str, span: Span) -> GradproofError:
        """Something that is LaTeX and not supported."""
        return UnsupportedError(f"{what} cannot be read: {why}", code="GP501", span=span, source=self.source)
