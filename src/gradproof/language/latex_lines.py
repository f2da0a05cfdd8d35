"""The derivations of a LaTeX or Markdown document as rows: what its displays, its declarations between
dollars and its macros say. What only sets, labels or explains is left out."""

from __future__ import annotations

import re
from itertools import pairwise

from gradproof.language.latex_heads import head, name_of
from gradproof.language.macros import expanded, macros
from gradproof.language.rows import Row
from gradproof.language.syntax import Span

DISPLAY = re.compile(
    r"\\begin\{(?P<env>(?:align|alignat|flalign|equation|gather|multline|eqnarray|IEEEeqnarray|dmath)\*?|split|aligned)\}"
    r"(?P<a>.*?)\\end\{(?P=env)\}|\$\$(?P<b>.*?)\$\$|(?<!\\)\\\[(?P<c>.*?)\\\]",
    re.DOTALL,
)
HEADING = re.compile(
    r"\\(?:part|chapter|(?:sub)*section|paragraph)\*?\s*\{|\\begin\{(?:theorem|lemma|exercise|problem|example)\}"
    r"|^\#{1,6}\s", re.MULTILINE,
)  # fmt: skip
FENCE = re.compile(r"^(?:```|~~~)[^\n]*\n(?P<body>.*?)^(?:```|~~~)\s*$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<![\\$])\$(?P<a>[^$\n]+(?:\n[^$\n]+)*)\$(?!\$)|\\\((?P<b>.*?)\\\)", re.DOTALL)
_SPACE = re.compile(
    r"^(?P<names>[^=]+?)\s*\\in\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\\(?:R|Reals?|RR|reals)\b|ℝ)\s*"
    r"(?:\^\s*(?P<sizes>\{[^{}]*\}|\w))?\s*$"
)
_WORDS = re.compile(
    r"\W{0,3}(?:(?:be|is|are|a|an|the|which|and|matri(?:x|ces)|,)\s+)*"
    r"(?P<word>symmetric\s+positive[ -]definite|positive[ -]definite|symmetric|diagonal|orthogonal"
    r"|antisymmetric)\b"
)
_KNOWN = {"positive definite": "spd", "symmetric positive definite": "spd"}
_LET = re.compile(r"\b(?:[Ll]et|[Ww]here|[Ww]ith|[Dd]efine|[Ss]et|[Pp]ut|[Ww]rite|[Dd]enote|[Ll]oss)\W*$")
_BREAK = re.compile(r"\\\\\*?(?:\[[^\]\n]*\])?|\\(?:newline|cr)(?![A-Za-z])")
_BLANK = re.compile(
    r"\\(?:begin|end)\{(?:aligned|split|align\*?|gathered|alignedat)\}(?:\{\d+\})?"
    r"|\\(?:label|tag\*?|eqref|ref|hspace\*?|vspace\*?|cite)\{[^{}]*\}"
    r"|\\(?:nonumber|notag|displaystyle|textstyle|allowbreak|noindent|limits|hfill|phantom\{[^{}]*\})(?![A-Za-z])"
)
_EQUALS = re.compile(
    r"\\(?:stackrel|overset|underset)\s*\{(?:[^{}]|\{[^{}]*\})*\}\s*\{\s*(?::?=|\\equiv|\\triangleq)\s*\}"
    r"|\\(?:coloneqq|triangleq|equiv|doteq|colonequals)(?![A-Za-z])|:\s?=|\\(?:mathrel\{:\}|vcentcolon)\s*="
)
_ARROW = re.compile(
    r"\\(?:Rightarrow|implies|Longrightarrow|iff|Leftrightarrow|Longleftrightarrow|therefore|leadsto|to|"
    r"rightsquigarrow|quad|qquad|because)(?![A-Za-z])"
)
_TEXT = re.compile(r"\\(?:intertext|shortintertext|text(?:rm|it|normal|bf|sf)?|mbox|hbox)\s*\{")
_CALLED = re.compile(r"\s*(?:\\(?:left|[bB]igg?l?)\s*)?[(\[{_^]|\s*[A-Za-z\\]")
_OPENS = re.compile(r"\\langle|\\(?:lvert|lVert|lbrace)|[({\[]")
_CLOSES = re.compile(r"\\rangle|\\(?:rvert|rVert|rbrace)|[)}\]]")


def sections(text: str) -> list[Span]:
    """The stretches between headings."""
    fences = [found.span() for found in FENCE.finditer(text)]
    heads = [found.start() for found in HEADING.finditer(text)]
    heads = [at for at in heads if not any(a <= at < b for a, b in fences)]
    cuts = [0, *heads, len(text)]
    return list(pairwise(cuts))


def document(text: str) -> list[list[Row]]:
    """The rows of a document, one list for each section."""
    plain = re.sub(r"(?<!\\)%[^\n]*", lambda found: " " * len(found.group()), text)
    known = macros(plain)
    out = []
    for begin, end in sections(text):
        placed: list[tuple[int, list[Row]]] = []
        shown = [found for found in DISPLAY.finditer(plain, begin, end)]
        for found in shown:
            placed.append((found.start(), _display(plain, found, known)))
        taken = [found.span() for found in shown]
        for inline in _INLINE.finditer(plain, begin, end):
            if not any(a <= inline.start() < b for a, b in taken):
                placed.append((inline.start(), _inline(plain, inline, known)))
        placed.sort(key=lambda pair: pair[0])
        out.append([row for _, rows in placed for row in rows])
    return out


# ---- between dollars


def _inline(text: str, found: re.Match[str], known: dict[str, tuple[int, str]]) -> list[Row]:
    """A declaration `A \\in \\mathbb{R}^{m \\times n}`, or what a sentence introduces with "let"."""
    group = "a" if found["a"] is not None else "b"
    inside = found[group]
    number = text.count("\n", 0, found.start(group)) + 1
    whole = expanded(inside, known)
    said = _SPACE.match(whole.strip())
    if said is not None:
        words = _WORDS.match(text, found.end())
        word = re.sub(r"[\s-]+", " ", words["word"]) if words else ""
        declared = _declared(said["names"], said["sizes"] or "", _KNOWN.get(word, word))
        return [Row(number, declared, "where", (0, 0), (0, len(declared)), found.start(group), True)] * bool(
            declared
        )
    if "=" in whole and _LET.search(text, max(0, found.start() - 12), found.start()):
        return _line(number, inside, found.start(group), known, "let")
    return []


def _declared(names: str, sizes: str, word: str) -> str:
    """`A: m×n symmetric, B: m×n` for what is written in LaTeX; "" where a name or a size cannot be read."""
    shape = re.sub(
        r"\\times|\s", lambda sign: "×" * (sign.group() != " " and "times" in sign.group()), sizes.strip("{}")
    )
    if not re.fullmatch(r"[\w+*-]*(?:×[\w+*-]+)*", shape):
        return ""
    read = [name_of(name) for name in re.split(r",(?![^{}]*\})", names)]
    if not all(read):
        return ""
    return ", ".join(f"{name}: {shape} {word}".rstrip() if shape else f"{name} scalar" for name in read)


# ---- displays


def _display(text: str, match: re.Match[str], known: dict[str, tuple[int, str]]) -> list[Row]:
    group = next(name for name in "abc" if match.group(name) is not None)
    start, end = match.span(group)
    cuts = [start, *(edge for found in _BREAK.finditer(text, start, end) for edge in found.span()), end]
    out: list[Row] = []
    for a, b in zip(cuts[::2], cuts[1::2], strict=True):
        piece = text[a:b]
        number = text.count("\n", 0, a + len(piece) - len(piece.lstrip())) + 1
        out += _line(number, piece, a, known, "step")
    return out


def _line(number: int, piece: str, offset: int, known: dict[str, tuple[int, str]], kind: str) -> list[Row]:
    """One line of a display: its equations, with blanks where something only sets."""
    line = expanded(piece, known)
    for pattern in (_BLANK, re.compile(r"\n")):
        line = pattern.sub(lambda found: " " * len(found.group()), line)
    line = _EQUALS.sub(lambda found: "=".rjust(len(found.group())), line)
    line = _without_reasons(line)
    out: list[Row] = []
    for a, b in _pieces(line):
        out += _equations(number, line, a, b, offset, kind)
    return out


def _without_reasons(line: str) -> str:
    """Words of prose become a comma, which stands between equations; words that are functions stay."""
    at = 0
    while found := _TEXT.search(line, at):
        end = _closed(line, found.end() - 1)
        word = line[found.end() : end - 1].strip()
        below = line[: found.start()].rstrip()[-2:].lstrip("{")
        called = (
            word.isalnum()
            and _CALLED.match(line, end)
            and "text" in found.group()
            and "inter" not in found.group()
        )
        at = end
        if called or "_" in below or "^" in below:
            continue
        line = line[: found.start()] + ",".ljust(end - found.start()) + line[end:]
    return line


def _closed(text: str, at: int) -> int:
    """The place behind the brace that closes the one at a place."""
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return place + 1
    return len(text)


def _marks(line: str, start: int, end: int) -> list[tuple[int, str]]:
    """Signs outside brackets: "=", "," and "&", with arrows and wide gaps as ","."""
    out, depth, at = [], 0, start
    while at < end:
        opens, closes, arrow = (p.match(line, at, end) for p in (_OPENS, _CLOSES, _ARROW))
        if opens:
            depth, at = depth + 1, opens.end()
        elif closes:
            depth, at = depth - 1, closes.end()
        elif arrow:
            out += [(place, ",") for place in (at, arrow.end() - 1)] if depth <= 0 else []
            at = arrow.end()
        elif line[at] == "\\":
            word = re.compile(r"\\(?:[A-Za-z]+|.)").match(line, at, end)
            at = word.end() if word else at + 1
        else:
            if depth <= 0 and line[at] in "=,;&":
                out.append((at, "," if line[at] == ";" else line[at]))
            at += 1
    return out


def _pieces(line: str) -> list[Span]:
    """The stretches between commas, arrows and columns."""
    out: list[Span] = []
    begin, marks = 0, _marks(line, 0, len(line))
    for k, (at, sign) in enumerate(marks):
        if sign == "&" and not (_full(line, begin, at) and _full(line, at + 1, _next(marks, k, len(line)))):
            continue
        if sign == "=" or (sign == "&" and line[at + 1 :].lstrip("& ")[:1] in ("+", "-")):
            continue
        out.append((begin, at))
        begin = at + 1
    return [*out, (begin, len(line))]


def _next(marks: list[tuple[int, str]], k: int, end: int) -> int:
    return next((at for at, sign in marks[k + 1 :] if sign != "&"), end)


def _full(line: str, start: int, end: int) -> bool:
    """Whether an equation, or a side of one, stands there."""
    return bool(line[start:end].replace("&", " ").split("=")[-1].strip())


def _equations(number: int, line: str, start: int, end: int, offset: int, kind: str) -> list[Row]:
    piece = line[:end].replace("&", " ")
    piece = re.sub(r"\\[A-Za-z]+(?=\s*$)|[.,;:]\s*$", _trailing, piece)
    signs = [at for at, sign in _marks(piece, start, len(piece)) if sign == "="]
    text = piece.ljust(len(line))
    out = []
    for place, sign in enumerate(signs):
        stop = signs[place + 1] if place + 1 < len(signs) else end
        left = (start, sign) if place == 0 else (sign, sign)
        if text[sign + 1 : stop].strip():
            out.append(
                Row(
                    number, text, kind, left, (sign + 1, stop), offset, True, head(text, left, sign + 1, stop)
                )
            )
            kind = "step"
    return out


def _trailing(found: re.Match[str]) -> str:
    """The full stop of a sentence; a command at the end stays."""
    return found.group() if found.group().startswith("\\") else " " * len(found.group())
