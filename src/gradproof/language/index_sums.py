"""Sums over indices in plain text: `sum_i x_i*y_i`, `sum_{i<j} (x[i] - x[j])^2`, `X_ij`, `X[i,:]`.

A sum is one token, and so is a name with its indices; where there are sums, or all is said by indices,
factors may stand side by side.
"""

from __future__ import annotations

import re

from gradproof.errors import ParseError
from gradproof.language.latex.functions import sum_text
from gradproof.language.syntax.tokens import Token, tokenize
from gradproof.patterns import Pattern

_SUM = Pattern(
    r"(?<![\w.])(?:sum_|[Σ∑]_?)(?:\{(?P<below>[^{}\n]*)\}(?:\^(?:\{(?P<above>\w+)\}|(?P<upper>\w)))?"
    r"|(?P<bare>[a-z]+))(?=\s*(?:[^\W]|[(‖|√]|[Σ∑]))"
)
_BRACES = Pattern(r"(?<!\w)(?P<base>[^\W\d_][^\W_]*)_\{(?P<letters>[a-z](?:\s*,?\s*[a-z])*)\}")
_BRACKETS = Pattern(r"(?<!\w)(?P<base>[^\W\d_]\w*)\[(?P<letters>[^\[\]\n]*)\]")
_ENDS = (")", "'", "‖")


def text_tokens(text: str, bars: str = "", index: bool = False, beside: bool = True) -> list[Token]:
    """The tokens of a text that is no LaTeX; raises ParseError or LimitError. `beside`: with a sign between
    factors that stand side by side."""
    if index:  # \delta_{ij} as it stands in formulas
        text = re.sub(r"\\(?=[A-Za-z]+_)", " ", text)
    sums = list(_SUM.finditer(text))
    if not sums and not index and not (bars and "|" in text):
        return tokenize(text)
    special = [_sum(found, text) for found in sums]
    summed = frozenset("".join(re.sub(r":.*|<", "", token.text) for token in special))
    if sums or index:
        special += _indexed(text, summed, index)
    marks = [at for at, sign in enumerate(text) if sign == "|"] if bars or sums else []
    special += [Token("bar", "|", at, at + 1) for at in marks]
    special.sort(key=lambda token: token.start)
    plain = list(text)
    for token in special:
        plain[token.start : token.end] = " " * (token.end - token.start)
    tokens = sorted(
        [*tokenize("".join(plain)), *special], key=lambda token: (token.start, token.kind == "end")
    )
    tokens = _barred(tokens, {"norm": "norm2", "": "abs"}.get(bars, bars), text)
    return _side_by_side(tokens) if beside and (sums or index) else tokens


def _sum(found: re.Match[str], text: str) -> Token:
    below = found["below"] if found["below"] is not None else found["bare"]
    token = sum_text(re.sub(r"\s", "", below), found["above"] or found["upper"] or "")
    if not token:
        raise ParseError(
            "a sum is written sum_i, sum_ij, sum_{i=1}^n or sum_{i<j}",
            code="GP121",
            span=found.span(),
            source=text,
        )
    return Token("sum", token, *found.span())


def _indexed(text: str, summed: frozenset[str], index: bool) -> list[Token]:
    """Names with indices in braces or brackets, as one token each: X_{ij} is X_ij, X[i,:] stays."""
    out = []
    for found in _BRACES.finditer(text):
        letters = re.sub(r"[\s,]", "", found["letters"])
        out.append(Token("name", f"{found['base']}_{letters}", *found.span()))
    for found in _BRACKETS.finditer(text):
        parts = [part.strip() for part in found["letters"].split(",")]
        names = [part for part in parts if part != ":"]
        if names and all(part in summed or (index and part.isalpha() and len(part) == 1) for part in names):
            out.append(Token("name", f"{found['base']}[{','.join(parts)}]", *found.span()))
    return out


def _barred(tokens: list[Token], word: str, text: str) -> list[Token]:
    """|x| as a call of what the bars mean: they open where an operand begins."""
    out: list[Token] = []
    for token in tokens:
        if token.kind != "bar":
            out.append(token)
        elif out and (out[-1].kind in ("name", "num") or out[-1].text in _ENDS):
            out.append(Token("op", ")", token.start, token.end))
        else:
            out += [Token("name", word, token.start, token.start), Token("op", "(", token.start, token.end)]
    return out


def _slope(out: list[Token], token: Token) -> bool:
    """Whether `relu'(` stands there, with nothing between."""
    if len(out) < 2 or out[-1].text != "'" or out[-2].kind != "name":
        return False
    return len(out[-2].text) > 2 and out[-2].text.islower() and out[-2].end + 1 == token.start


def _side_by_side(tokens: list[Token]) -> list[Token]:
    """* between two factors."""
    out: list[Token] = []
    for token in tokens:
        before = out[-1] if out else None
        ends = before is not None and (before.kind in ("name", "num") or before.text in _ENDS)
        begins = token.kind in ("name", "num", "sum")
        if token.kind == "op" and token.text == "(" and before is not None:
            begins = before.kind == "num" or before.text in _ENDS or "_" in before.text or "[" in before.text
            begins = begins and before.text not in ("leaky_relu",) and not _slope(out, token)
        if before is not None and ends and begins and before.text != "where":
            out.append(Token("op", "*", before.end, token.start))
        out.append(token)
    return out
