"""Mathematics as lexemes, whatever it is typed in: LaTeX, Unicode or ASCII, with macros written out.

A lexeme made by a macro has the place of the macro's call, so that every place is one of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from gradproof.language.latex.macros import Macros
from gradproof.language.syntax.command_names import ACCENTS, GREEK, VARIANTS
from gradproof.language.syntax.tree import Span


class Lexeme(NamedTuple):
    """kind: "letter" (one name), "word" (a name of several letters), "number", "sign", "command", "text"
    (prose), "row" (the end of a row), "column" (&), "gap" (a wide space); bold: set as vectors are."""

    kind: str
    text: str
    start: int
    end: int
    bold: bool = False


_RAW = re.compile(
    r"\\begin\s*\{(?P<begin>[A-Za-z]+\*?)\}|\\end\s*\{(?P<ends>[A-Za-z]+\*?)\}"
    r"|(?P<row>\\\\\*?(?:\s*\[[\d.]+\s*(?:em|ex|pt|mm|cm|px|in)\])?|\\(?:cr|newline)(?![A-Za-z]))"
    r"|\\(?P<command>[A-Za-z]+\*?|.)"
    r"|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<space>\s+|~)"
    r"|(?P<letter>[^\W\d_])|(?P<sign>\.\*|\./|\.\^|\*\*|:=|=:|\|\||->|=>|<=|>=|.)",
    re.DOTALL,
)
_DROPPED = frozenset(
    (
        "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr",
        "Biggl", "Biggr", "bigm", "Bigm", "middle", "displaystyle", "textstyle", "scriptstyle", "limits",
        "nolimits", "nonumber", "notag", ",", "!", ";", ":", " ", ">", "/", "allowbreak", "noindent",
        "hfill", "mathstrut", "strut", "rm", "bf", "it", "cal", "centering", "small", "large", "thinspace",
        "medspace", "thickspace", "operatornamewithlimits", "eqalignno", "hline", "negthinspace", "nobreak",
    )
)  # fmt: skip
_ARGUMENT_DROPPED = frozenset(
    ("label", "tag", "tag*", "hspace", "hspace*", "vspace", "vspace*", "phantom", "hphantom", "vphantom",
     "cite", "color", "eqref", "ref", "mathchoice", "footnote", "vskip", "htmlId", "htmlClass", "class",
     "style", "cssId")
)  # fmt: skip
_SECOND_KEPT = frozenset(("textcolor", "colorbox", "stackrel", "overset", "underset", "htmlId", "class"))
_UNWRAPPED = frozenset(("mathop", "mathrel", "mathbin", "mathord", "mathopen", "mathclose", "ensuremath",
                        "boxed", "fbox", "cancel", "underline", "smash", "mathinner", "bcancel",
                        "mathpunct", "xcancel"))  # fmt: skip
_BRACED = frozenset(("underbrace", "overbrace"))
_BOLD = frozenset(("mathbf", "boldsymbol", "bm", "pmb", "symbf", "bold", "textbf", "mathbfit", "vec",
                   "mathbfsf", "bs", "boldmath", "overrightarrow"))  # fmt: skip
_WORDS = frozenset(("mathrm", "operatorname", "operatorname*", "mathsf", "mathit", "texttt", "textrm",
                    "mathtt", "textsf", "rm", "mathnormal", "textit", "textnormal", "textup"))  # fmt: skip
_PROSE = frozenset(("text", "mbox", "hbox", "intertext", "shortintertext", "textsc", "mathmbox"))
_SCRIPT = frozenset(("mathcal", "mathscr", "mathfrak"))
_SIGNS = {
    "cdot": "·", "times": "×", "odot": "⊙", "circ": "∘", "otimes": "⊗", "oslash": "./", "ast": "*",
    "star": "⋆", "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "lt": "<",
    "gt": ">", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "simeq": "≈", "propto": "∝", "equiv": "=",
    "triangleq": "=", "coloneqq": ":=", "coloneq": ":=", "colonequals": ":=", "doteq": "=",
    "eqqcolon": "=:", "in": "∈", "to": "→", "rightarrow": "→", "longrightarrow": "→", "mapsto": "↦",
    "leftarrow": "←", "gets": "←", "Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "iff": "⇔",
    "Leftrightarrow": "⇔", "Longleftrightarrow": "⇔", "therefore": "⇒", "leadsto": "⇒",
    "rightsquigarrow": "⇒", "because": "⇐", "succ": "≻", "succeq": "⪰", "prec": "≺", "preceq": "⪯",
    "top": "ᵀ", "intercal": "ᵀ", "transpose": "ᵀ", "dagger": "†", "prime": "'", "lVert": "‖", "rVert": "‖",
    "Vert": "‖", "|": "‖", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "langle": "⟨",
    "rangle": "⟩", "lbrace": "{", "rbrace": "}", "{": "⦃", "}": "⦄", "lbrack": "[", "rbrack": "]",
    "lparen": "(", "rparen": ")", "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "colon": ":",
    "div": "/", "ldots": "…", "cdots": "…", "dots": "…", "vdots": "…", "ddots": "…", "dotsc": "…",
    "dotsb": "…", "pm": "±", "bullet": "·", "neg": "¬", "infty": "∞", "setminus": "∖", "cup": "∪",
    "cap": "∩", "notin": "∉", "hadamard": "⊙", "quad": " ", "qquad": " ", "enspace": " ", "hskip": " ",
    "downarrow": "↓", "uparrow": "↑", "Downarrow": "⇒", "Uparrow": "⇒", "triangledown": "∇",
    "bigtriangledown": "∇", "over": "/", "longmapsto": "↦", "min": "min", "max": "max", "trans": "ᵀ",
    "tran": "ᵀ", "centerdot": "·", "cdotp": "·", "ddagger": "†",
}  # fmt: skip
_UNICODE = {
    "−": "-", "–": "-", "∗": "*", "⊤": "ᵀ", "∥": "‖", "||": "‖", "Σ": "∑", "′": "'", "’": "'", "•": "·",
    "×": "×", "**": "^", "=>": "⇒", "->": "→", "⟹": "⇒", "⟺": "⇔", "≔": ":=", "≡": "=", "<=": "≤",
    ">=": "≥", "⋅": "·", "⊘": "./", "≜": "=", "∙": "·", "⟶": "→", "；": ";", "，": ",", "。": ".", "：": ":",
    "（": "(", "）": ")",
}  # fmt: skip
_GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΥΦΨΩϕςϵ", ["alpha", "beta", "gamma", "delta", "epsilon",
    "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau",
    "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Upsilon",
    "Phi", "Psi", "Omega", "phi", "sigma", "epsilon"], strict=True))  # fmt: skip
_MATRIX = frozenset(("matrix", "pmatrix", "bmatrix", "vmatrix", "Vmatrix", "Bmatrix", "smallmatrix"))
_DEEPEST = 14
_MOST = 20_000  # lexemes of one display, macros written out


def lexemes(source: str, span: Span, macros: Macros | None = None) -> list[Lexeme]:
    """The lexemes of a stretch of a text. What only sets is left out; never raises."""
    known = dict(macros or {})
    raw = _expanded(_worded(_raw(source, span[0], span[1]), known), known)
    return _Settled(raw).lexemes()


def _worded(raw: list[Lexeme], macros: Mapping[str, tuple[int, str]]) -> list[Lexeme]:
    """The same with words of capitals, which are known like macros without a backslash, as one command."""
    words = [name for name in macros if name[0] != "\\"]
    for word in words:
        at = 0
        while at + len(word) <= len(raw):
            part = raw[at : at + len(word)]
            if all(
                one.kind == "letter" and one.text == letter for one, letter in zip(part, word, strict=True)
            ):
                inside = [Lexeme("sign", "{", part[0].start, part[0].start), *part,
                          Lexeme("sign", "}", part[-1].end, part[-1].end)]  # fmt: skip
                raw[at : at + len(word)] = [
                    Lexeme("command", "mathrm", part[0].start, part[0].start),
                    *inside,
                ]
                at += len(inside)
            at += 1
    return raw


def _raw(text: str, start: int, end: int, place: Span | None = None) -> list[Lexeme]:
    out = []
    for found in _RAW.finditer(text, start, end):
        kind = str(found.lastgroup)
        span = place or found.span()
        if kind == "space":
            out.append(Lexeme("space", "\n" if "\n" in found.group() else " ", *span))
        else:
            out.append(Lexeme(kind, found[kind], *span))
    return out


def _expanded(raw: list[Lexeme], macros: Mapping[str, tuple[int, str]]) -> list[Lexeme]:
    """The same with macros written out; one that goes round in circles stays."""
    if not macros:
        return raw
    for _ in range(_DEEPEST):
        out: list[Lexeme] = []
        at, changed = 0, False
        while at < len(raw):
            one = raw[at]
            at += 1
            known = macros.get("\\" + one.text) if one.kind == "command" else None
            if known is None or len(out) > _MOST:
                out.append(one)
                continue
            changed = True
            many, body = known
            given = []
            for _k in range(many):
                argument, at = _argument(raw, at)
                given.append(argument)
            out += _filled(_raw(body, 0, len(body), (one.start, one.end)), given)
        raw = out
        if not changed:
            break
    return raw


def _filled(body: list[Lexeme], given: list[list[Lexeme]]) -> list[Lexeme]:
    out: list[Lexeme] = []
    at = 0
    while at < len(body):
        follows = body[at + 1] if at + 1 < len(body) else None
        if body[at].text == "#" and follows is not None and follows.kind == "number":
            place = int(follows.text[0]) - 1
            out += given[place] if place < len(given) else []
            rest = follows.text[1:]
            out += [follows._replace(text=rest)] if rest else []
            at += 2
        else:
            out.append(body[at])
            at += 1
    return out


def _argument(raw: list[Lexeme], at: int) -> tuple[list[Lexeme], int]:
    """What one argument holds, without its braces, and the place behind it."""
    while at < len(raw) and raw[at].kind == "space":
        at += 1
    if at >= len(raw):
        return [], at
    if raw[at].text != "{" or raw[at].kind != "sign":
        return [raw[at]], at + 1
    end = closing(raw, at)
    return raw[at + 1 : end], end + 1


def closing(raw: list[Lexeme], at: int) -> int:
    """The place of the brace that closes the one at a place; the end where none does."""
    depth = 0
    for place in range(at, len(raw)):
        if raw[place].kind == "sign":
            depth += (raw[place].text == "{") - (raw[place].text == "}")
            if not depth:
                return place
    return len(raw)


_SPELLED = re.compile(
    r"(?:tr|Tr|exp|log|ln|softmax|Softmax|diag|Diag|det|tanh|relu|ReLU|sigmoid|max|min|vec|trace|sin|cos|sqrt|logdet)$"
)
_LONGEST = 8


def _spelled(given: list[Lexeme]) -> list[Lexeme]:
    """Words typed letter by letter: tr(A), softmax(z)."""
    out: list[Lexeme] = []
    at = 0
    while at < len(given):
        end = at
        while (
            end < len(given)
            and given[end].kind == "letter"
            and end - at < _LONGEST
            and (end == at or given[end].start == given[end - 1].end)
        ):
            end += 1
        text = "".join(one.text for one in given[at:end])
        follows = given[end] if end < len(given) else None
        called = follows is not None and follows.kind == "sign" and follows.text in ("(", "[", "⦃")
        begin = next((k for k in range(at, end - 1) if called and _SPELLED.match(text[k - at :])
                      and all(len(one.text) == 1 for one in given[at:end])), None)  # fmt: skip
        if begin is not None:
            out += given[at:begin]
            out.append(Lexeme("word", text[begin - at :], given[begin].start, given[end - 1].end))
            at = end
        else:
            out.append(given[at])
            at += 1
    return out


class _Settled:
    """Raw lexemes made into those of mathematics: fonts, accents, prose and signs."""

    def __init__(self, raw: list[Lexeme]) -> None:
        self.raw = raw
        self.at = 0
        self.out: list[Lexeme] = []

    def lexemes(self) -> list[Lexeme]:
        while self.at < len(self.raw):
            one = self.raw[self.at]
            self.at += 1
            if one.kind == "command":
                self._command(one)
            elif one.kind == "row":
                self._put(one, "row", "\\\\")
            elif one.kind in ("begin", "ends"):
                self._environment(one)
            elif one.kind == "letter":
                self._letter(one)
            elif one.kind == "sign":
                self._sign(one)
            elif one.kind == "number":
                self.out.append(one)
            elif one.text == "\n":
                self._put(one, "space", "\n")
        return _spelled([one for one in self.out if one.kind != "space"])

    def _put(self, one: Lexeme, kind: str, text: str, bold: bool = False) -> None:
        self.out.append(Lexeme(kind, text, one.start, one.end, bold))

    def _letter(self, one: Lexeme, bold: bool = False) -> None:
        text = _UNICODE.get(one.text, one.text)
        if text == "∑" or text == "ᵀ":
            self._put(one, "sign", text)
        elif text == "ℓ":
            self._put(one, "letter", "ell")
        elif text in "ℝ":
            self._put(one, "command", "reals")
        else:
            self._put(one, "letter", _GREEK.get(text, text), bold)

    def _sign(self, one: Lexeme) -> None:
        text = _UNICODE.get(one.text, one.text)
        if text == "&":
            self._put(one, "column", "&")
        elif text not in ("$", "?"):
            self._put(one, "sign", text)

    def _environment(self, one: Lexeme) -> None:
        name = one.text.rstrip("*")
        if name in ("array", "alignedat", "alignat", "tabular") and one.kind == "begin":
            _, self.at = _argument(self.raw, self.at)
        matrix = name in _MATRIX or name in ("cases", "dcases", "rcases")
        self._put(one, "command" if matrix else "env", f"{one.kind[:5].rstrip('s')}:{name}")

    def _inside(self) -> list[Lexeme]:
        inside, self.at = _argument(self.raw, self.at)
        return inside

    def _command(self, one: Lexeme) -> None:
        name = one.text
        if name in _ARGUMENT_DROPPED:
            self._inside()
        elif name in _SECOND_KEPT:
            first = self._inside()
            if any(x.text in ("=", ":=") for x in first):
                self._inside()
                self._put(one, "sign", "=")
        elif name in _UNWRAPPED:
            self.out += _Settled(self._inside()).lexemes()
        elif name in _BRACED:
            self.out += _Settled(self._inside()).lexemes()
            self._skip_scripts()
        elif name in _BOLD:
            self.out += [x._replace(bold=x.kind in ("letter", "number")) for x in self._letters(one)]
        elif name in _WORDS and name != "rm":
            self._word(one, self._inside())
        elif name in _PROSE:
            self._prose(one, self._inside())
        elif name in _SCRIPT:
            inside = self._letters(one)
            self.out += [x._replace(text=f"{x.text}_cal") if x.kind == "letter" else x for x in inside]
        elif name == "mathbb" or name == "mathbbm" or name == "mathds" or name == "Bbb":
            self._blackboard(one)
        elif name in ACCENTS:
            self._accent(one, ACCENTS[name])
        else:
            self._plain(one, name)

    def _plain(self, one: Lexeme, name: str) -> None:
        greek = VARIANTS.get(name, name)
        if name in _DROPPED:
            return
        if name in ("quad", "qquad", "enspace", "hskip"):
            self._put(one, "gap", name)
        elif name in ("R", "RR", "Reals", "reals", "real"):
            self._put(one, "command", "reals")
        elif greek in GREEK:
            self._put(one, "letter", greek)
        elif name in _SIGNS and name not in ("min", "max"):
            self._put(one, "sign", _SIGNS[name])
        elif name in ("#", "%", "_", "&", "$"):
            self._put(one, "sign", name)
        else:
            self._put(one, "command", name)

    def _letters(self, one: Lexeme) -> list[Lexeme]:
        inside = self._inside()
        return _Settled(inside).lexemes() if inside else []

    def _skip_scripts(self) -> None:
        while self.at < len(self.raw) and self.raw[self.at].kind == "space":
            self.at += 1
        if self.at < len(self.raw) and self.raw[self.at].text in ("_", "^"):
            self.at += 1
            self._inside()

    def _word(self, one: Lexeme, inside: list[Lexeme]) -> None:
        text = "".join(x.text for x in inside)
        if len(text) == 1 and text.isalpha():
            self._letter(one._replace(text=text))
        elif re.fullmatch(r"[^\W\d_][\w -]*", text):
            self._put(one, "word", text.strip().replace(" ", "").replace("-", ""))
        else:
            self.out += _Settled(inside).lexemes()

    def _prose(self, one: Lexeme, inside: list[Lexeme]) -> None:
        text = "".join("\\" * (x.kind == "command") + x.text for x in inside)
        if re.fullmatch(r"[^\W\d_]\w*", text):
            self._put(one, "word", text)
        elif "$" in text:
            self._put(one, "text", text.replace("\\", " "))
        else:
            self._put(one, "text", text)

    def _blackboard(self, one: Lexeme) -> None:
        text = "".join(x.text for x in self._inside())
        if text == "R":
            self._put(one, "command", "reals")
        elif text == "1":
            self._put(one, "number", "1", bold=True)
        elif text == "I":
            self._put(one, "letter", "I")
        else:
            self._put(one, "command", f"bb{text}")

    def _accent(self, one: Lexeme, accent: str) -> None:
        inside = [x for x in self._letters(one) if x.text not in ("{", "}")]
        if inside and inside[0].kind in ("letter", "word"):
            first, rest = inside[0], inside[1:]
            self._put(one, first.kind, f"{first.text}_{accent}", first.bold)
            self.out += [Lexeme(x.kind, x.text, x.start, x.end, x.bold) for x in rest]
        else:
            self._put(one, "command", accent)
