"""Sentences around formulas: which words are prose, what they declare, what they only assume.

"Let A be a symmetric n×n matrix" declares A; "since A = Aᵀ" declares it symmetric; "so we get
df = 2 x : dx" says an equation.
"""

from __future__ import annotations

import re

from gradproof.language.syntax.tree import Span
from gradproof.patterns import Pattern

_PROSE = frozenset(re.findall(r"\w+", """
    all also an and answer any are as assume assuming at be because been both but by can case chain
    check combine compute computing consider constant cyclic define defined definition denote denotes
    derivative differential differentiate differentiating does each element entry every example exercise
    find first follows for form formula from function get gets give given gives gradient has have hence
    here hessian how identity if in indeed into invariance invariant invertible is it its just last law
    let line linear linearity loss matrices matrix maximise maximize means minimise minimize minus
    moving need next not note notice now objective obtain only or other our over plug plus problem
    product proof property put reading rearranging recall recalling remark respect rewrite rule same
    scalar second see seen set setting show shown side sides simplifies simplify simply since size so
    solution start step substitute substituting such sum symmetric take taking term terms than that the
    their then there therefore these they this thus to trace transpose transposing under use using value
    variable vector vectors want we when where which while with within write written wrt yields you zero
"""))  # fmt: skip
_WORD = Pattern(r"(?<![\w-])[^\W\d_]{2,}(?:[-'’][^\W\d_]{2,})?(?![\w(\[^'’]|\.[*/^])")
_GLUED = Pattern(r"(?!grad$|hess$|part$|diag$|tanh$|sinh$|cosh$|relu$|sqrt$)[^\W\d_]{4,}$")
_CONDITION = frozenset(("since", "because", "if", "when", "assuming", "assume", "as", "for", "recall",
                        "recalling", "note", "notice", "within"))  # fmt: skip
_PUNCTUATION = " \t,.;:!?–—-"
_COMMENT = Pattern(r"\([^()]*\)|\[[^\[\]]*\]")

_NAME = (
    r"(?:Sigma|Lambda|Omega|Theta|Gamma|Phi|Psi|Delta|sigma|lambda|alpha|beta|gamma|theta|omega|mu|phi|psi|nu"
    r"|epsilon|eta|rho|tau|[^\W\d_])(?:_?\d|_\w)?"
)
_NAMES = rf"(?P<names>{_NAME}(?:\s*,\s*(?:and\s+)?{_NAME}|\s+and\s+{_NAME})*)"
_ADJECTIVES = {
    "symmetric": "symmetric", "positive definite": "spd", "positive-definite": "spd", "spd": "spd",
    "pd": "spd", "positive semidefinite": "symmetric", "positive-semidefinite": "symmetric",
    "psd": "symmetric", "diagonal": "diagonal", "orthogonal": "orthogonal", "invertible": "invertible",
    "nonsingular": "invertible", "non-singular": "invertible", "skew-symmetric": "antisymmetric",
    "antisymmetric": "antisymmetric",
}  # fmt: skip
_KINDS = {"matrix": "matrix", "matrices": "matrix", "vector": "vector", "vectors": "vector",
          "scalar": "scalar", "scalars": "scalar", "number": "scalar", "numbers": "scalar"}  # fmt: skip
_SIZE = r"[\w+]+\s*(?:×|\bx\b|\bby\b)\s*[\w+]+"
_ABOUT = "|".join(sorted(map(re.escape, _ADJECTIVES), key=len, reverse=True))
_SAID = Pattern(
    rf"(?:^|[,.;:(]\s*|\b[A-Za-z]?[a-z]{{2,}}\s+){_NAMES}\s+(?:is|are|be|denotes?)\s+(?:both\s+|all\s+)?(?:an?\s+|the\s+|any\s+|some\s+)?"
    rf"(?P<words>(?:(?:and|,|real|given|fixed|constant|known|square|column|data|weight|design|{_ABOUT})[\s,]+)*)"
    rf"(?:(?P<size>{_SIZE})\s+|(?P<length>\w)-)?"
    rf"(?P<more>(?:(?:and|,|real|{_ABOUT})[\s,]+)*)"
    rf"(?P<what>{'|'.join(_KINDS)}|{_ABOUT})\b"
    rf"(?:\s+(?:and\s+)?(?P<last>{_ABOUT})\b)?"
    rf"(?:\s+(?:of|with)\s+(?:size|length|dimension|order|dimensions)\s+(?P<size2>{_SIZE}|\w+))?"
)
_ABOUT_NAME = Pattern(
    rf"\b(?P<words>(?:(?:{_ABOUT})\s+(?:and\s+)?)+)(?:matrix\s+|matrices\s+)?{_NAMES}(?!\s*×|[\w(])"
)
_WITH = Pattern(
    rf"(?:,|\b(?:with|where|for|let|and|[Ll]et|[Ff]or))\s*{_NAMES}\s+(?P<words>(?:(?:{_ABOUT})\b[\s,]*)+)"
)
_KIND = Pattern(
    rf"(?:,|\b(?:with|where|for|let|and|[Ll]et|[Ff]or|if))\s*{_NAMES}\s+(?:an?\s+)?"
    rf"(?P<what>{'|'.join(_KINDS)})\b"
)
_ITSELF = Pattern(
    rf"(?<!\w)(?P<name>{_NAME})\s*(?:=\s*(?P=name)(?:ᵀ|'|\^T|\.T)|(?:ᵀ|'|\^T|\.T)\s*=\s*(?P=name))"
    r"(?![\w*ᵀ'^])"
)
_SO_FAR = 60


def words(text: str, start: int, end: int) -> list[Span]:
    """The places of the words of prose in a line."""
    found = [match.span() for match in _WORD.finditer(text, start, end)]
    sure = [text[a:b].lower() in _PROSE for a, b in found]
    changed = True
    while changed:  # a long word beside prose is prose, too
        changed = False
        for k, (a, b) in enumerate(found):
            beside = [j for j in (k - 1, k + 1) if 0 <= j < len(found) and sure[j]]
            near = any(not text[min(b, found[j][1]) : max(a, found[j][0])].strip(" ,'’") for j in beside)
            if not sure[k] and near and _GLUED.match(text[a:b]) and text[a:b].isalpha():
                sure[k] = changed = True
    return [span for span, is_prose in zip(found, sure, strict=True) if is_prose]


def formulas(text: str, start: int, end: int) -> list[Span]:
    """The stretches of a line between words of prose: those that say an equation, and do not assume it."""
    line = _without_comments(text, end)
    out, at, assumed = [], start, False
    for a, b in [*words(line, start, end), (end, end)]:
        if "=" in line[at:a] and not assumed:
            out += _parts(line, *_trimmed(line, at, a))
        if line[at:a].strip(_PUNCTUATION):
            assumed = False
        word = line[a:b].lower()
        assumed = assumed or word in _CONDITION
        at = b
    return out


_OF = Pattern(r"of\s+(?=[^\W\d]\w*\s*(?:\([^()]*\))?\s*:?=)")
_NEXT = Pattern(r"(?<=\S)[:;,]\s+(?=[^=]*=)")


def _parts(line: str, start: int, end: int) -> list[Span]:
    """A stretch without "of" before it and ", S" behind it, apart at colons between two equations."""
    found = _OF.match(line, start, end)
    start = found.end() if found else start
    tail = re.search(rf",\s*(?:and\s+)?{_NAME}\s*$", line[:end])
    end = tail.start() if tail and "=" in line[start : tail.start()] else end
    for gap in _NEXT.finditer(line, start, end):
        before = line[start : gap.start()]
        if "=" in before and before.count("(") == before.count(")"):
            return [(start, gap.start()), *_parts(line, *_trimmed(line, gap.end(), end))]
    return [(start, end)]


def assumed(text: str) -> bool:
    """Whether what follows a text in the same sentence is assumed, and not said."""
    last = re.split(r"[.;:!?]\s", text)[-1]
    return any(word.lower() in _CONDITION for word in re.findall(r"[^\W\d_]+", last))


def _without_comments(text: str, end: int) -> str:
    """A line with blanks for what stands in parentheses and is prose."""

    def blank(found: re.Match[str]) -> str:
        inside = found.group()
        return " " * len(inside) if words(inside, 1, len(inside) - 1) else inside

    return _COMMENT.sub(blank, text[:end])


def without_comments(text: str, start: int, end: int) -> str:
    """The same from a place on; the length stays."""
    return text[:start] + _without_comments(text[start:], end - start) + text[end:]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _PUNCTUATION.replace("-", ""):
        start += 1
    while end > start and text[end - 1] in _PUNCTUATION:
        end -= 1
    return start, end


def spoken(sentence: str) -> list[str]:
    """What a sentence declares, as `where` has it: "A: n×n symmetric", "x vector"."""
    plain = re.sub(r"\s+", " ", sentence)
    out: dict[str, None] = {}
    for found in _SAID.finditer(plain):
        size = found["size"] or found["size2"] or found["length"] or ""
        kind = _KINDS.get(found["what"], "")
        adjectives = _adjectives(" ".join(filter(None, (found["words"], found["more"], found["last"]))))
        if not kind:
            adjectives += _adjectives(found["what"])
        out.update(dict.fromkeys(_declared(found["names"], size, kind, adjectives)))
    for found in _KIND.finditer(plain):
        out.update(dict.fromkeys(_declared(found["names"], "", _KINDS[found["what"]], [])))
    for found in _WITH.finditer(plain):
        out.update(dict.fromkeys(_declared(found["names"], "", "", _adjectives(found["words"]))))
    for found in _ABOUT_NAME.finditer(plain):
        out.update(dict.fromkeys(_declared(found["names"], "", "", _adjectives(found["words"]))))
    for found in _ITSELF.finditer(plain):
        if re.search(
            r"\b(?:since|because|as|if|when|assuming|where|with|for)\b", plain[: found.start()][-_SO_FAR:]
        ):
            out[f"{found['name']} symmetric"] = None
    return list(out)


def _adjectives(text: str) -> list[str]:
    found = re.findall(rf"(?<![\w-])(?:{_ABOUT})(?![\w-])", text)
    return [_ADJECTIVES[word] for word in found]


def _declared(names: str, size: str, kind: str, adjectives: list[str]) -> list[str]:
    sizes = re.sub(r"\s*(?:×|\bx\b|\bby\b)\s*", "×", size)
    about = " ".join(dict.fromkeys(adjectives))
    out = []
    for name in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", names):
        if name == "I" or (kind == "scalar" and sizes):
            continue
        shape = f": {sizes}" if sizes and ("×" in sizes or kind == "vector") else f" {kind}" if kind else ""
        if shape or about:
            out.append(f"{name}{shape} {about}".rstrip())
    return out
