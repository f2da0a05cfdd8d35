"""Forms that rows of people have, as the rows that the reader knows: `Df(X)[H]`, `f(x + h) − f(x)`, `δf`,
`∇_X tr(A X)`, and in plain text runs of letters (`Ax` for A x), `x^T`, `||x||`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import partial
from typing import NamedTuple

from gradproof.elaboration.worksheet.statement import derivative_side, plain_side
from gradproof.language.latex.derivative_heads import head, name_of
from gradproof.language.worksheet.row import Row
from gradproof.operators.aliases import KNOWN_WORDS, WORDS
from gradproof.patterns import Pattern

_LETTER = r"(?:\\[A-Za-z]+|[^\W\d_]\w*)"
_OPEN, _CLOSE = r"(?:\\left|\\[bB]igg?l?)?\s*", r"(?:\\right|\\[bB]igg?r?)?\s*"
_D = r"(?:\\(?:mathrm|mathbf|operatorname)\{[Dd]\}|D|d|\\delta|δ|\\partial)"
_DIRECTION = (
    Pattern(
        rf"^{_D}\s*(?P<of>{_LETTER})\s*{_OPEN}\(\s*(?P<by>{_LETTER})\s*{_CLOSE}\)\s*{_OPEN}[\[(]\s*(?P<to>{_LETTER})\s*{_CLOSE}[\])]$"
    ),
    Pattern(
        rf"^{_D}\s*(?P<of>{_LETTER})_\{{?(?P<by>{_LETTER})\}}?\s*{_OPEN}[\[(]\s*(?P<to>{_LETTER})\s*{_CLOSE}[\])]$"
    ),
    Pattern(rf"^(?P<of>{_LETTER})['′]\s*\((?P<by>{_LETTER})\)\s*[\[(](?P<to>{_LETTER})[\])]$"),
    Pattern(
        rf"^\\langle\s*\\nabla\s*(?P<of>{_LETTER})\s*\(\s*(?P<by>{_LETTER})\s*\)\s*,\s*(?P<to>{_LETTER})\s*\\rangle$"
    ),
    Pattern(
        rf"^\\[dt]?frac\s*\{{\s*{_D}\s*\}}\s*\{{\s*{_D}\s*(?P<t>[^\W\d_]|\\epsilon|\\varepsilon)\s*\}}\s*(?P<of>{_LETTER})\s*{_OPEN}\(\s*"
        rf"(?P<by>{_LETTER})\s*\+\s*(?P=t)\s*(?P<to>{_LETTER})\s*{_CLOSE}\)\s*(?:\\[bB]igg?r?|\\right)?[|]?\s*(?:_\{{?\s*(?P=t)\s*=\s*0\s*\}}?)?$"
    ),
)
_DIFFERENCE = Pattern(
    rf"^(?P<of>{_LETTER})\s*{_OPEN}\(\s*(?P<by>{_LETTER})\s*\+\s*(?P<to>{_LETTER})\s*{_CLOSE}\)(?:\s*[-−]\s*(?P=of)\s*{_OPEN}\(\s*(?P=by)\s*{_CLOSE}\))?$"
)
_SMALL = Pattern(r"\s*\+\s*(?:\\mathcal\{O\}|O|o)\s*\\?(?:left)?\(.*$")
_OPERATED = (
    Pattern(rf"^\\nabla\s*_\s*\{{?\s*(?P<by>{_LETTER})\s*\}}?\s*(?P<what>.+)$"),
    Pattern(rf"^\\[dt]?frac\s*\{{\s*{_D}\s*\}}\s*\{{\s*{_D}\s*(?P<by>{_LETTER})\s*\}}\s*(?P<what>.+)$"),
    Pattern(rf"^\\[dt]?frac\s*\{{\s*{_D}(?P<what>.+)\}}\s*\{{\s*{_D}\s*(?P<by>{_LETTER})\s*\}}$"),
    Pattern(rf"^(?:∇|grad)_(?P<by>{_LETTER})\s*(?P<what>.+)$"),
    Pattern(rf"^[∂d]\s*/\s*[∂d]\s*(?P<by>{_LETTER})\s*(?P<what>.+)$"),
    Pattern(rf"^[∂d]\s*(?P<what>(?:tr|det|logdet|log|sum|norm2|[(\[‖|]).*)\s*/\s*[∂d]\s*(?P<by>{_LETTER})$"),
)
AIM = "aim_"  # what the objective is called where it has no name


class Forms(NamedTuple):
    """Rows as the reader knows them.

    directions   the change of a variable, by the letter that stands for it: H for dX
    moved        letters that are added to a variable, `f(x + h)`
    """

    rows: list[Row]
    directions: dict[str, str]
    moved: dict[str, str]


def forms(rows: Iterable[Row]) -> Forms:
    """The rows of a derivation with heads that the reader knows."""
    out: list[Row] = []
    directions: dict[str, str] = {}
    moved: dict[str, str] = {}
    for row in rows:
        left = row.text[row.left[0] : row.left[1]].strip()
        found = next((match for pattern in _DIRECTION if (match := pattern.match(left))), None)
        varied = _VARIED.match(left)
        if varied is not None and row.kind == "step" and not row.head:
            row = row._replace(head="d" + re.sub(r"\\delta|[δ\s=&]|\(\w\)", "", left))
        if found is not None and row.kind == "step":
            directions[_name(found["to"])] = _name(found["by"])
            row = row._replace(head=f"d{_name(found['of'])}")
        elif row.kind == "step" and (found := _DIFFERENCE.match(left)) is not None:
            row = _difference(row, found, directions, moved)
        out.append(row)
    return Forms(out, directions, moved)


def _difference(row: Row, found: re.Match[str], directions: dict[str, str], moved: dict[str, str]) -> Row:
    """`f(x + h) − f(x) = … + o(h)` is the differential; without the small rest it is exact."""
    of, by, to = (_name(found[key]) for key in ("of", "by", "to"))
    rest = _SMALL.search(row.text, row.right[0], row.right[1])
    if rest is not None:
        directions[to] = by
        return row._replace(head=f"d{of}", right=(row.right[0], rest.start()))
    moved[to] = by
    whole = "−" in found.group() or "-" in found.group()
    return row._replace(head=f"{of}({by} + {to}){f' - {of}' * whole}")


def operated(row: Row) -> list[Row]:
    """`∇_X tr(A X) = Aᵀ` as a definition, which is not shown, and the gradient of what it defines."""
    left = row.text[row.left[0] : row.left[1]]
    if row.kind != "step" or row.head or not left.strip():
        return [row]
    if derivative_side(plain_side(left)) is not None:
        return [row]
    if any(pattern.match(left.strip()) for pattern in _DIRECTION):
        return [row]
    start = row.left[0] + len(left) - len(left.lstrip())
    for pattern in _OPERATED:
        found = pattern.match(left.strip())
        what = found["what"].strip() if found else ""
        if (
            found is None
            or not what
            or name_of(what.rstrip("()"))
            or re.fullmatch(r"[\w²]+(?:\(\w\))?", what)
        ):
            continue
        if what[0] in "^_" or head(left, (0, len(left)), 0, 0):
            continue
        a, b = found.span("what")
        aim = row._replace(left=(start, start), right=(start + a, start + b), head=f"{AIM}1", kind="step")
        return [aim, row._replace(head=f"∂{AIM}1/∂{_name(found['by'])}")]
    return [row]


def _name(text: str) -> str:
    return name_of(text) or text


# ---- plain text


_TOKEN = Pattern(r"(?<![A-Za-zα-ωΑ-Ω_∂])[A-Za-zα-ωΑ-Ω]+(?=_[a-z]|[^A-Za-z0-9_]|$)")
_BARS = Pattern(r"(?:\|\||‖)_(?:\{(?:F|2)\}|(?:F|2)(?![A-Za-z0-9_]))")
_TRANSPOSED = Pattern(r"\^\{?(?:T|⊤|\\top)\}?")


class Plain:
    """Text as people type it, in the language, every sign at its place.

    runs     letters that are a product: `Ax` where A or x stands alone somewhere
    values   what a header said, so that `f(x)` is f
    """

    def __init__(self, rows: Collection[Row], defined: Collection[str], declared: Collection[str]) -> None:
        texts = [
            row.text[row.left[0] : row.right[1]]
            for row in rows
            if not row.latex and row.kind in ("step", "let")
        ]
        words = [word for text in texts for word in _TOKEN.findall(_TRANSPOSED.sub(" ", text))]
        known = {*defined, *declared}
        alone = {word for word in words if len(word) == 1} | {
            word[1:] for word in words if len(word) == 2 and word[0] == "d"
        }
        alone |= {name for name in known if len(name) == 1}
        alone |= {
            x
            for row in rows
            if (found := _HEADER.match(row.text, row.left[0]))
            for x in re.findall(r"\w", found["args"])
        }
        self.runs = {word for word in words if word not in known and self._run(word, alone)}
        self.turned = "T" not in known
        self.values = _values(rows)
        self.varied = any(_VARIED.match(row.text, row.left[0]) for row in rows) and not known & {"delta", "δ"}

    @staticmethod
    def _run(word: str, alone: set[str]) -> bool:
        if not 2 <= len(word) <= 5 or word in WORDS or word in KNOWN_WORDS or word[0] in "∂∇":
            return False
        letters = [part for part in _split(word, alone)]
        if len(letters) < 2 or not any(part.lstrip("d") in alone or part in alone for part in letters):
            return False
        mixed = any(part.lstrip("d").isupper() or not part.isascii() for part in letters)
        return mixed or all(part in alone or part[1:] in alone for part in letters)

    def text(self, text: str, latex: bool) -> str:
        """The text with every sign at its place."""
        for pattern, of in self.values:
            text = pattern.sub(partial(_padded, of), text)
        if self.varied:
            text = _VARIATION.sub(lambda found: "d".ljust(len(found.group())), text)
        if latex:
            return text
        if self.turned:
            text = _TRANSPOSED.sub(lambda found: "'".ljust(len(found.group())), text)
        return _BARS.sub(lambda found: "‖".ljust(len(found.group())), text)

    def pieces(self, word: str) -> list[str]:
        """The factors that a run of letters stands for."""
        return _split(word, set()) if word in self.runs else [word]


_VARIED = Pattern(r"\s*(?:\\delta|δ)\s*\w\s*(?:\(\w\))?\s*=?\s*$|\s*(?:\\delta|δ)\s*\w\s*&?\s*=")
_VARIATION = Pattern(r"\\delta\s*(?=\\?[A-Za-z])|δ(?=[^\W\d_])")
_HEADER = Pattern(r"\s*[^\W\d_]\w*\s*\((?P<args>\s*\w+(?:\s*,\s*\w+)*\s*)\)")


def _padded(new: str, found: re.Match[str]) -> str:
    return new.ljust(len(found.group()))


def _split(word: str, alone: set[str]) -> list[str]:
    """The letters of a run; a d before a letter makes a differential."""
    out, at = [], 0
    while at < len(word):
        if word[at] == "d" and at + 1 < len(word) and "d" not in alone:
            out.append(word[at : at + 2])
            at += 2
        else:
            out.append(word[at])
            at += 1
    return out


def _values(rows: Iterable[Row]) -> list[tuple[Pattern, str]]:
    """For each header `f(x) = …` what f(x) looks like further on."""
    out: dict[str, Pattern] = {}
    for row in rows:
        left = row.text[row.left[0] : row.left[1]].strip().rstrip(":").strip()
        found = re.match(rf"^(?P<of>{_LETTER})\s*{_OPEN}\((?P<args>[\w\s,\\]+?){_CLOSE}\)$", left)
        if found is None or found["of"] in ("d", "D") or not (row.head and row.head == _name(found["of"])):
            continue
        args = re.escape(found["args"].strip()).replace(r"\ ", r"\s*")
        out[found["of"]] = Pattern(rf"(?<![\w\\]){re.escape(found['of'])}\s*{_OPEN}\(\s*{args}\s*{_CLOSE}\)")
    return [(pattern, of) for of, pattern in out.items()]
