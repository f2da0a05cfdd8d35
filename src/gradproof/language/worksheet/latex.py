"""The derivations of a LaTeX or Markdown document as rows: what its displays, its declarations between
dollars and its macros say. What only sets, labels or explains is left out."""

from __future__ import annotations

import re
from itertools import pairwise

from gradproof.language.latex.derivative_heads import head, name_of
from gradproof.language.latex.macros import expanded, macros
from gradproof.language.syntax.tree import Span
from gradproof.language.worksheet.latex_labels import called, named
from gradproof.language.worksheet.latex_prose import declared_as, plain
from gradproof.language.worksheet.prose import assumed, spoken
from gradproof.language.worksheet.row import Row
from gradproof.patterns import Pattern

DISPLAY = Pattern(
    r"\\begin\{(?P<env>(?:align|alignat|flalign|equation|gather|multline|eqnarray|IEEEeqnarray|dmath)\*?|split|aligned)\}"
    r"(?P<a>.*?)\\end\{(?P=env)\}|\$\$(?P<b>.*?)\$\$|(?<!\\)\\\[(?P<c>.*?)\\\]",
    re.DOTALL,
)
HEADING = Pattern(
    r"\\(?:part|chapter|(?:sub)*section|paragraph)\*?\s*\{|\\begin\{(?:theorem|lemma|exercise|problem|example)\}"
    r"|^\#{1,6}\s", re.MULTILINE,
)  # fmt: skip
FENCE = Pattern(r"^(?:```|~~~)[^\n]*\n(?P<body>.*?)^(?:```|~~~)\s*$", re.DOTALL | re.MULTILINE)
_INLINE = Pattern(r"(?<![\\$])\$(?P<a>[^$\n]+(?:\n[^$\n]+)*)\$(?!\$)|\\\((?P<b>.*?)\\\)", re.DOTALL)
_SPACE = Pattern(
    r"^(?P<names>[^=]+?)\s*\\in\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\\(?:R|Reals?|RR|reals)\b|ℝ)\s*"
    r"(?:\^\s*(?P<sizes>\{[^{}]*\}|\w))?\s*$"
)
_TYPED = Pattern(
    r"^(?P<names>[^=:]+?)\s*(?::|\\colon)\s*(?P<row>\\text\{row \})?"
    r"(?P<shape>\\text\{scalar\}|[^=:]*?\\text\{-vector\}|[^=:]*\\times[^=:]*)\s*$"
)
_WORDS = Pattern(
    r"\W{0,3}(?:(?:be|is|are|a|an|the|which|and|matri(?:x|ces)|,)\s+)*"
    r"(?P<word>symmetric\s+positive[ -]definite|positive[ -]definite|symmetric|diagonal|orthogonal|spd"
    r"|antisymmetric|invertible|positive|lower|upper|stochastic|unit|integer)\b"
)
_ITEM = Pattern(r"(?:^|\n)\s*(?:\d+[.)]|[-*+]|\\item)\s+$")
_KNOWN = {"positive definite": "spd", "symmetric positive definite": "spd"}
_LET = Pattern(r"\b(?:[Ll]et|[Ww]here|[Ww]ith|[Dd]efine|[Ss]et|[Pp]ut|[Ww]rite|[Dd]enote|[Ll]oss)\W*$")
_LETS = Pattern(
    r"\b(?:[Ll]et|[Ww]here|[Ww]ith|[Dd]efine|[Ss]et|[Pp]ut|[Ww]rite|[Dd]enote|[Ll]oss)\W*(?:\$[^$]*\$\s*(?:,|and|,\s*and)\s*)*$"
)
_BREAK = Pattern(r"\\\\\*?(?:\[[^\]\n]*\])?|\\(?:newline|cr)(?![A-Za-z])")
_BLANK = Pattern(
    r"\\begin\{array\}\s*\{[^{}]*\}|\\end\{array\}|\\(?:begin|end)\{(?:aligned|split|align\*?|gathered|alignedat)\}(?:\{\d+\})?"
    r"|\\(?:label|tag\*?|eqref|ref|hspace\*?|vspace\*?|cite)\{[^{}]*\}"
    r"|\\(?:nonumber|notag|displaystyle|textstyle|allowbreak|noindent|limits|hfill|phantom\{[^{}]*\})(?![A-Za-z])"
    r"|(?<![\w}_^])\{\}(?=\s*&?\s*=)"
)
_EQUALS = Pattern(
    r"\\(?:stackrel|overset|underset)\s*\{(?:[^{}]|\{[^{}]*\})*\}\s*\{\s*(?::?=|\\equiv|\\triangleq)\s*\}"
    r"|\\(?:coloneqq|triangleq|equiv|doteq|colonequals)(?![A-Za-z])|:\s?=|\\(?:mathrel\{:\}|vcentcolon)\s*="
)
_ARROW = Pattern(
    r"\\(?:Rightarrow|implies|Longrightarrow|iff|Leftrightarrow|Longleftrightarrow|therefore|leadsto|to|"
    r"rightsquigarrow|quad|qquad|because)(?![A-Za-z])"
)
_TEXT = Pattern(r"\\(?:intertext|shortintertext|text(?:rm|it|normal|bf|sf)?|mbox|hbox)\s*\{")
_BEFORE = Pattern(r"\\(?:nabla\s*(?:_(?:\{[^{}]*\}|\\?[A-Za-z]+))?|partial)\s*(?:\\,)?\s*$")
_LETTERS = Pattern(r"``(?P<a>[\w,]+)\$\\to\$(?P<b>\w*)''\}")
_CALLED = Pattern(r"\s*(?:\\(?:left|[bB]igg?l?)\s*)?[(\[{_^]|\s*[A-Za-z\\]")
_OPENS = Pattern(r"⟦|\\langle|\\(?:lvert|lVert|lbrace)|[({\[]")
_CLOSES = Pattern(r"⟧|\\rangle|\\(?:rvert|rVert|rbrace)|[)}\]]")


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
        for stretch in _between(plain, begin, end, [*taken]):
            placed += [(at, [row]) for at, row in _spoken(plain, *stretch)]
        placed.sort(key=lambda pair: pair[0])
        out.append([row for _, rows in placed for row in rows])
    return called(out)


def _between(text: str, begin: int, end: int, taken: list[Span]) -> list[Span]:
    """What stands between displays."""
    cuts = [begin, *(edge for span in sorted(taken) for edge in span), end]
    return [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if text[a:b].strip()]


def _spoken(text: str, begin: int, end: int) -> list[tuple[int, Row]]:
    """What sentences declare, `$` or not."""
    out = []
    for found in re.finditer(r"[^.;]+(?:\.(?=\s|$)|;|$)", text[begin:end]):
        sentence = found.group()
        if "\\in" in sentence:
            continue
        sentence = plain(sentence)
        at = begin + found.start()
        for said in spoken(sentence):
            number = text.count("\n", 0, at) + 1
            out.append((at, Row(number, said, "spoken", (0, 0), (0, len(said)), at, True)))
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
        declared = declared_as(said["names"], said["sizes"] or "", _KNOWN.get(word, word))
        return [Row(number, declared, "where", (0, 0), (0, len(declared)), found.start(group), True)] * bool(
            declared
        )
    typed = _TYPED.match(whole.strip())
    if typed is not None:
        words = _WORDS.match(text, found.end())
        shape = re.sub(r"\\(?:left|right)", "", typed["shape"].replace("\\text{-vector}", ""))
        sizes = "" if "scalar" in shape else shape
        declared = declared_as(typed["names"], sizes, words["word"] if words else "")
        return [Row(number, declared, "where", (0, 0), (0, len(declared)), found.start(group), True)] * bool(
            declared
        )
    before = text[max(0, found.start() - 80) : found.start()]
    if "=" in whole and _LETS.search(before):
        return _line(number, inside, found.start(group), known, "let")
    called = re.fullmatch(r"\s*(?P<of>[A-Z]|\\ell|\\mathcal\{L\})\s*\(\s*(?P<by>[A-Za-z]\w*)\s*\)\s*", whole)
    if called and re.search(r"\b(?:loss|cost|objective|function)\b[^.$]*$", before):
        name = name_of(called["of"])
        return [Row(number, whole, "step", (0, 0), (0, len(whole)), found.start(group), True, name)]
    tells = bool(_ITEM.search(before)) or _derives(whole) or _introduces(whole)
    header = bool(re.match(r"\s*\\?[A-Za-z]+\s*\([^()]*\)\s*=", whole))
    outside = _FORMULA.sub("", text[text.rfind("\n\n", 0, found.start()) + 1 : found.start()])
    given = _FOR_A.search(outside) is not None and _new(text, whole, found)
    if "=" in whole and tells and (header or given or not assumed(_FORMULA.sub("", before))):
        return _line(number, inside, found.start(group), known, "step")
    return []


_FORMULA = Pattern(r"\$[^$]*\$|\\\(.*?\\\)", re.DOTALL)
_FOR_A = Pattern(
    r"(?:^|[.;:!?\n]\s*)(?:[A-Z]\w*,\s+)?(?:[Ff]or|[Gg]iven|[Aa]ssume|[Cc]onsider)\s+(?:a|an|one|the|our|this)\s+"
    r"(?!(?:special|case|point|choice|value|optim|minim|maxim|particular)\w*\b)"
    r"[\w\s,-]*$"
)


def _new(text: str, whole: str, found: re.Match[str]) -> bool:
    """Whether a formula is the first that has the name on its left, and no derivative by it is taken."""
    name = whole.partition("=")[0].strip()
    if not name_of(name):
        return False
    used = Pattern(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])")
    by = Pattern(
        rf"(?:[}}/]\s*\{{?\s*(?:\\partial|d|\\mathrm\{{d\}})|\\nabla_\{{?)\s*{re.escape(name)}(?![A-Za-z])"
    )
    before = " ".join(one.group() for one in _FORMULA.finditer(text, 0, found.start()))
    return not used.search(before) and used.search(text, found.end()) is not None and not by.search(text)


def _introduces(text: str) -> bool:
    """Whether a formula in a sentence gives a name to an expression; m = n and i = 1 do not."""
    left, _, right = text.partition("=")
    named = bool(head(left, (0, len(left)), 0, 0) or name_of(left.strip()))
    return (
        named
        and len(re.findall(r"[A-Za-z]", right)) > 1
        and not spoken(f"if {left.strip()} = {plain(right)}")
    )


def _derives(text: str) -> bool:
    """Whether a formula in a sentence says what a derivative is."""
    left = _ARROW.sub("", text.partition("=")[0]).strip()
    return head(left, (0, len(left)), 0, 0)[:1] in ("∂", "∇", "d") and len(left) > 1


# ---- displays


def _display(text: str, match: re.Match[str], known: dict[str, tuple[int, str]]) -> list[Row]:
    group = next(name for name in "abc" if match.group(name) is not None)
    start, end = match.span(group)
    blocks = [found.span() for found in _BLOCK.finditer(text, start, end)]
    breaks = [found.span() for found in _BREAK.finditer(text, start, end)]
    breaks = [span for span in breaks if not any(a < span[0] < b for a, b in blocks)]
    cuts = [start, *(edge for span in breaks for edge in span), end]
    out: list[Row] = []
    for a, b in zip(cuts[::2], cuts[1::2], strict=True):
        piece = text[a:b]
        number = text.count("\n", 0, a + len(piece) - len(piece.lstrip())) + 1
        out += _line(number, piece, a, known, "step")
    return out


def _line(number: int, piece: str, offset: int, known: dict[str, tuple[int, str]], kind: str) -> list[Row]:
    """One line of a display: its equations, with blanks where something only sets."""
    line = _unboxed(_blocks(expanded(piece, known)))
    for pattern in (_BLANK, Pattern(r"\n")):
        line = pattern.sub(lambda found: " " * len(found.group()), line)
    line = _EQUALS.sub(lambda found: "=".rjust(len(found.group())), line)
    line = _without_reasons(line)
    out: list[Row] = []
    for a, b in _pieces(line):
        said = spoken(f"if {plain(line[a:b]).strip(' &,.')}") if line.count("=", a, b) == 1 else []
        out += [Row(number, text, "spoken", (0, 0), (0, len(text)), offset, True) for text in said]
        out += [] if said else _equations(number, line, a, b, offset, kind)
    return out


_BLOCK = Pattern(r"\\begin\{(?P<env>[bpvB]?(?:small)?matrix)\}(?P<inside>.*?)\\end\{(?P=env)\}", re.DOTALL)


def _blocks(line: str) -> str:
    """Block matrices as ⟦A, B; C, D⟧, of the same length."""

    def literal(found: re.Match[str]) -> str:
        inside = _BREAK.sub(lambda gap: ";".ljust(len(gap.group())), found["inside"]).replace("&", ",")
        return f"⟦{inside}⟧".ljust(len(found.group()))

    return _BLOCK.sub(literal, line)


_BOX = Pattern(
    r"\\(?:boxed|fbox|eqalign|eqalignno|cancel|underline|mathstrut|ensuremath|textcolor\{\w+\}|color\{\w+\})\s*(?=\{)"
)
_BELOW = Pattern(r"\\(?:underbrace|overbrace)\s*(?=\{)")


def _unboxed(line: str) -> str:
    """What stands in a box, and above a brace."""
    for pattern in (_BOX, _BELOW):
        while found := pattern.search(line):
            end = _closed(line, found.end())
            behind = end
            if pattern is _BELOW and (under := Pattern(r"\s*[_^]\s*(?=\{)").match(line, end)):
                behind = _closed(line, under.end())
            inside = line[found.end() + 1 : end - 1]
            line = line[: found.start()] + inside.rjust(len(inside) + found.end() + 1 - found.start()).ljust(
                behind - found.start()) + line[behind:]  # fmt: skip
    return line


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
        named = line[found.end() : end - 1].isalpha() and (
            re.match(r"\s*&?\s*=", line[end:]) or _BEFORE.search(line[: found.start()])
        )
        at = end
        if called or named or "_" in below or "^" in below or word == "part of":
            continue
        letters = _LETTERS.match(found.string, found.end())
        if letters:
            said = f'"{letters["a"]}->{letters["b"]}"'
            line = line[: found.start()] + said.ljust(end - found.start()) + line[end:]
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
            word = Pattern(r"\\(?:[A-Za-z]+|.)").match(line, at, end)
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
    out: list[Row] = []
    for place, sign in enumerate(signs):
        stop = signs[place + 1] if place + 1 < len(signs) else end
        left = (start, sign) if place == 0 else (sign, sign)
        if text[sign + 1 : stop].lstrip()[:1] == ":" and out:
            out += named(out[-1], name_of(text[sign + 1 : stop].strip(" :")))
            continue
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
