"""A document taken apart: prose, formulas in a line, displays, headings; program code is left out."""

from __future__ import annotations

import re
from typing import NamedTuple

from gradproof.language.syntax.tree import Span

_DISPLAYED = (
    "align|alignat|flalign|equation|gather|multline|eqnarray|IEEEeqnarray|dmath|displaymath|math|aligned|split|"
    "gathered|subequations"
)
_PART = re.compile(
    r"^[ \t>]*(?P<fence>```+|~~~+)[ \t]*(?P<language>[\w.+-]*)[^\n]*\n(?P<code>.*?)^[ \t>]*(?P=fence)[ \t]*$"
    r"|<!--.*?-->"
    rf"|\\begin\s*\{{(?P<env>(?:{_DISPLAYED})\*?)\}}(?P<body>.*?)\\end\s*\{{(?P=env)\}}"
    r"|(?<!\\)\$\$(?P<dollars>.*?)(?<!\\)\$\$"
    r"|(?<!\\)\\\[(?P<brackets>.*?)(?<!\\)\\\]"
    r"|\$`(?P<ticks>[^`]*)`\$"
    r"|(?<![\\$])\$(?![$\s])(?P<inline>(?:[^$\n\\]|\\.|\n(?!\s*\n))+?)(?<![\\\s])\$(?!\$)"
    r"|(?<![\\$])\$(?!\$)(?P<loose>(?:[^$\n\\]|\\.)+?)\$(?!\$)"
    r"|(?<!\\)\\\((?P<parens>.*?)(?<!\\)\\\)"
    r"|^(?P<heading>\#{1,6}[ \t][^\n]*)|(?P<section>\\(?:chapter|(?:sub)*section|paragraph)\*?\s*\{)"
    r"|\\begin\s*\{(?P<theorem>theorem|lemma|exercise|problem|example|proposition|question)\}"
    r"|(?P<verbatim>\\begin\{(?:verbatim|lstlisting|minted)\}.*?\\end\{(?:verbatim|lstlisting|minted)\})",
    re.DOTALL | re.MULTILINE,
)
_LANGUAGES = frozenset(("math", "latex", "tex", "katex", "mathjax"))
_PLAIN = frozenset(("", "text", "txt", "gp", "gradproof", "plain", "plaintext"))
_PROGRAM = re.compile(
    r"^\s*(?:def|import|from|for|while|if|class|return|print|assert|#|//|@|\$ |>>>|const|let|var|function)\b"
    r"|np\."
    r"|torch\.|jnp\.|"
    r"\bself\b|;\s*$|==|\+=|\[:|:\s*$|->|\bloss\.backward",
    re.MULTILINE,
)


class Block(NamedTuple):
    """One stretch of a document: kind "prose", "inline", "display", "plain" (a derivation in text, in a
    fence) or "heading", with the place of its content."""

    kind: str
    span: Span


def blocks(text: str) -> list[Block]:
    """The stretches of a document, in order."""
    out: list[Block] = []
    at = 0
    for found in _PART.finditer(text):
        if text[at : found.start()].strip():
            out.append(Block("prose", (at, found.start())))
        out += _block(found)
        at = found.end()
    if text[at:].strip():
        out.append(Block("prose", (at, len(text))))
    return out


def _block(found: re.Match[str]) -> list[Block]:
    for name in ("dollars", "brackets", "body"):
        if found[name] is not None:
            span = found.span() if name == "body" else found.span(name)
            return [Block("display", span)]
    for name in ("inline", "loose", "parens", "ticks"):
        if found[name] is not None:
            return [Block("inline", found.span(name))]
    if found["code"] is not None:
        language = found["language"].lower()
        if language in _LANGUAGES:
            return [Block("display", found.span("code"))]
        plain = language in _PLAIN and not _PROGRAM.search(found["code"])
        return [Block("plain", found.span("code"))] if plain and "=" in found["code"] else []
    if found["heading"] is not None or found["section"] is not None or found["theorem"] is not None:
        return [Block("heading", found.span())]
    return []


_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_DEFINITION = re.compile(
    r"\\(?:re|provide)?(?:newcommand|command)\*?|\\def(?![A-Za-z])|\\DeclareMathOperator\*?"
)
_TAG = re.compile(
    r"</?(?:center|div|p|br|span|b|i|em|strong|details|summary|sub|sup|img|a|table|tr|td)\b[^<>]*>"
)


def blanked(text: str) -> str:
    """The text without comments, tags and definitions of macros; every place stays."""
    for pattern in (_COMMENT, _TAG):
        text = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    out = list(text)
    for found in _DEFINITION.finditer(text):
        end = _behind(text, found.end())
        for place in range(found.start(), end):
            if out[place] != "\n":
                out[place] = " "
    return "".join(out)


def _behind(text: str, at: int) -> int:
    """The place behind a macro's definition: its name, its marks, and its body in braces."""
    name = re.compile(r"\s*\{?\s*\\[A-Za-z]+\s*\}?\s*(?:\[\d\])?(?:\[[^\]]*\])?(?:#\d)*\s*").match(text, at)
    if name is None or text[name.end() : name.end() + 1] != "{":
        return at
    depth = 0
    for place in range(name.end(), len(text)):
        depth += (text[place] == "{" and text[place - 1] != "\\") - (
            text[place] == "}" and text[place - 1] != "\\"
        )
        if not depth:
            return place + 1
    return at


def plain_fences(text: str) -> str:
    """The text with all but the derivations in its fences blanked; "" where there are none."""
    spans = [block.span for block in blocks(blanked(text)) if block.kind == "plain"]
    if not spans:
        return ""
    kept = [any(a <= place < b for a, b in spans) or one == "\n" for place, one in enumerate(text)]
    return "".join(one if keep else " " for one, keep in zip(text, kept, strict=True))
