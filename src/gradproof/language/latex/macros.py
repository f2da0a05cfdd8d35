"""Macros of a LaTeX document: `\\newcommand`, `\\def` and `\\DeclareMathOperator`, written out."""

from __future__ import annotations

from gradproof.patterns import Pattern

_NEW = Pattern(
    r"\\(?:re|provide)?(?:newcommand|command)\*?\s*(?:\{\s*(?P<a>\\[A-Za-z]+)\s*\}|(?P<b>\\[A-Za-z]+))\s*"
    r"(?:\[(?P<many>\d)\])?\s*(?=\{)"
)
_DEF = Pattern(r"\\def\s*(?P<a>\\[A-Za-z]+)(?P<marks>(?:#\d)*)\s*(?=\{)")
_OPERATOR = Pattern(r"\\DeclareMathOperator\*?\s*\{?\s*(?P<a>\\[A-Za-z]+)\s*\}?\s*(?=\{)")
_COMMAND = Pattern(r"\\[A-Za-z]+")
DEEPEST, LONGEST = 12, 20_000

Macros = dict[str, tuple[int, str]]


def macros(text: str) -> Macros:
    """The macros that a document defines: how many arguments each takes, and what it stands for."""
    out: Macros = {}
    for found in _NEW.finditer(text):
        body = _group(text, found.end())[0]
        out[found["a"] or found["b"]] = (int(found["many"] or 0), body)
    for found in _DEF.finditer(text):
        out[found["a"]] = (len(found["marks"]) // 2, _group(text, found.end())[0])
    for found in _OPERATOR.finditer(text):
        out[found["a"]] = (0, f"\\operatorname{{{_group(text, found.end())[0]}}}")
    return out


def expanded(text: str, known: Macros) -> str:
    """A piece of text with the macros written out; a macro that goes round in circles stays."""
    for _ in range(DEEPEST):
        new = _once(text, known)
        if new == text or len(new) > LONGEST:
            break
        text = new
    return text


def _once(text: str, known: Macros) -> str:
    out, at = [], 0
    for found in _COMMAND.finditer(text):
        if found.start() < at or found.group() not in known:
            continue
        many, body = known[found.group()]
        out.append(text[at : found.start()])
        at = found.end()
        for k in range(1, many + 1):
            argument, at = _group(text, at)
            body = body.replace(f"#{k}", argument)
        follows = text[at : at + 1]
        joined = body[-1:].isalpha() and follows.isalpha() and "\\" in body
        out.append(body + " " * joined)
    return "".join([*out, text[at:]])


def _group(text: str, at: int) -> tuple[str, int]:
    """What one argument holds, and the place behind it."""
    while at < len(text) and text[at].isspace():
        at += 1
    if text[at : at + 1] != "{":
        command = _COMMAND.match(text, at)
        end = command.end() if command else at + 1
        return text[at:end], end
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "{" and text[place - 1 : place] != "\\") - (
            text[place] == "}" and text[place - 1 : place] != "\\"
        )
        if not depth:
            return text[at + 1 : place], place + 1
    return text[at + 1 :], len(text)
