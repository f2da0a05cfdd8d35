"""The way from a text to its syntax tree, whatever it is written in: the text language, LaTeX, indices."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gradproof.errors import GradproofError, LimitError
from gradproof.language.index_sums import text_tokens
from gradproof.language.latex.derivative_heads import partials
from gradproof.language.latex.tokens import latex_tokens
from gradproof.language.parser.messages import unexpected
from gradproof.language.parser.state import State
from gradproof.language.parser.statements import expression, statements
from gradproof.language.syntax.declarations import where_clause
from gradproof.language.syntax.tokens import MAX_CHARACTERS, Token, tokenize
from gradproof.language.syntax.tree import Node, Script, Span, postorder
from gradproof.patterns import Pattern


def formula(
    source: str, span: Span, changes: bool = True, pieces: Callable[[str], list[str]] | None = None,
    words: frozenset[str] = frozenset(),
) -> Node:  # fmt: skip
    """One expression in a stretch of a text, as derivations are written: factors may stand side by
    side (`Aᵀ(A x − b)`), and `d X` is a differential (with `changes`); `pieces` says which words are
    products of letters (`Ax`), `words` before which functions a d stands for the differential of all.
    Raises ParseError and LimitError."""
    text, turned = _commutations(with_partials(" " * span[0] + source[span[0] : span[1]]))
    tokens = _turned(tokenize(text, partials=True), turned)
    tokens = _angled(_applied(_split(tokens, pieces) if pieces else tokens))
    return _loosely(source, _whole(tokens, words) if changes else tokens, changes, spaced=True)


def _whole(tokens: list[Token], words: frozenset[str]) -> list[Token]:
    """`d tr(X)` and `d ‖x‖²` as d(tr(X)) and d(‖x‖²)."""
    out = list(tokens)
    for at in range(len(out) - 3, -1, -1):
        one, two, three = out[at : at + 3]
        called = two.kind == "name" and two.text in words and three.text == "("
        if one.kind != "name" or one.text != "d" or not (called or (two.text == "‖" and words)):
            continue
        end = _behind(out, at + 2 if called else at + 1)
        if [token.kind for token in out[end : end + 2]] == ["op", "num"] and out[end].text == "^":
            end += 2
        last = out[end - 1].end
        out.insert(end, Token("op", ")", last, last))
        out.insert(at + 1, Token("op", "(", one.end, one.end))
    return out


def _behind(tokens: list[Token], at: int) -> int:
    """The place behind what closes the sign at a place: a parenthesis or a norm."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].text == "(") - (tokens[place].text == ")")
        if not depth and tokens[place].text in (")", "‖") and place > at:
            return place + 1
    return len(tokens) - 1


_BARE = frozenset(
    ("tr", "Tr", "trace", "det", "log", "ln", "logdet", "exp", "sin", "cos", "tanh", "diag", "vec")
)


def _applied(tokens: list[Token]) -> list[Token]:
    """`log det X` as log(det(X)): a function before a name, without parentheses."""
    out = list(tokens)
    for at in range(len(out) - 2, -1, -1):
        one, two = out[at], out[at + 1]
        if one.kind == "name" and one.text in _BARE and two.kind == "name" and one.end < two.start:
            end = at + 2
            if end < len(out) and out[end].text == "(":
                depth = 0
                while end < len(out):
                    depth += (out[end].text == "(") - (out[end].text == ")")
                    end += 1
                    if not depth:
                        break
            while end < len(out) and out[end].text == "'":
                end += 1
            last = out[end - 1].end
            out.insert(end, Token("op", ")", last, last))
            out.insert(at + 1, Token("op", "(", one.end, one.end))
    return out


def _angled(tokens: list[Token]) -> list[Token]:
    """⟨A, B⟩ as (A):(B)."""
    out: list[Token] = []
    depths: list[int] = []
    depth = 0
    for token in tokens:
        at = (token.start, token.end)
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if token.text == "⟨":
            depths.append(depth)
            out += [Token("op", "(", *at), Token("op", "(", *at)]
        elif token.text == "⟩" and depths:
            depths.pop()
            out += [Token("op", ")", *at), Token("op", ")", *at)]
        elif token.text == "," and depths and depths[-1] == depth:
            out += [Token("op", ")", *at), Token("op", ":", *at), Token("op", "(", *at)]
        else:
            out.append(token)
    return out


def _split(tokens: list[Token], pieces: Callable[[str], list[str]]) -> list[Token]:
    """Words that are products of letters, letter by letter."""
    out: list[Token] = []
    for token in tokens:
        at = token.start
        parts = pieces(token.text) if token.kind == "name" else []
        if len(parts) < 2:
            out.append(token)
            continue
        for piece in parts:
            out.append(Token("name", piece, at, at + len(piece)))
            at += len(piece)
    return out


def latex_formula(
    source: str, span: Span, changes: bool, words: frozenset[str], names: frozenset[str], whole: bool = False
) -> Node:
    """The same in LaTeX; `dX` and `\\mathrm{d}X` are differentials (with `changes`), and partial
    derivatives are names (∂L/∂Y); with `whole`, a d before a function is the differential of all."""
    text, derived = partials(" " * span[0] + source[span[0] : span[1]])
    text, turned = _commutations(text)
    tokens, _, _ = latex_tokens(text, len(text), words, names, "", derivation=True)
    tokens = [token._replace(text=derived.get(token.text, token.text)) for token in _turned(tokens, turned)]
    tokens = _changes(tokens) if changes else tokens
    tokens = _whole(tokens, words) if changes and whole else tokens
    return _loosely(source, tokens, changes, spaced=False)


_ASCII = Pattern(r"(?<![\w∂])d(?=[^\W\d]?\w*/d[^\W\d])|(?<=/)d(?=[^\W\d])")
_QUOTIENT = Pattern(r"(?<![\w∂.])d[^\W\d]\w*/d[^\W\d]\w*|(?<=\))/d[^\W\d]\w*")


def with_partials(text: str) -> str:
    """`dY/dX` as `∂Y/∂X`, of the same length."""
    return _QUOTIENT.sub(lambda found: _ASCII.sub("∂", found.group()), text)


_COMMUTATION = Pattern(r"(?<![\w\\])K_(?:(?P<a>\w),(?P<b>\w)(?!\w)|\{\s*(?P<c>\w+)\s*,?\s*(?P<d>\w+)\s*\})")


def _commutations(text: str) -> tuple[str, dict[str, tuple[str, str]]]:
    """`K_m,n` as one letter each, with the sizes; places stay."""
    found: dict[str, tuple[str, str]] = {}

    def letter(match: re.Match[str]) -> str:
        sizes = match["a"] or match["c"], match["b"] or match["d"]
        if match["c"] and "," not in match.group():
            return match.group()
        sign = chr(0x5E00 + len(found))
        found[sign] = sizes
        return sign.ljust(len(match.group()))

    return _COMMUTATION.sub(letter, text), found


def _turned(tokens: list[Token], sizes: dict[str, tuple[str, str]]) -> list[Token]:
    """The letters of `_commutations` as `commutation(m, n)`."""
    out: list[Token] = []
    for token in tokens:
        if token.text not in sizes:
            out.append(token)
            continue
        behind = (token.end, token.end)
        m, n = sizes[token.text]
        parts = (("op", "("), ("name", m), ("op", ","), ("name", n), ("op", ")"))
        out.append(token._replace(text="commutation"))
        out += [Token(kind, text, *behind) for kind, text in parts]
    return out


_ENTRY = Pattern(r"(?<=[)\]⟧])_(?:\{(?P<a>[a-z]+)\}|(?P<b>[a-z]+))")
_PARTIAL = Pattern(r"∂\w+/∂\w+")


def index_formula(source: str, span: Span, latex: bool, words: frozenset[str], names: frozenset[str]) -> Node:
    """One expression said by indices: sums, entries, deltas, and (…)_pq as a node of kind "entry"."""
    text = " " * span[0] + source[span[0] : span[1]]
    ends = {found.start(): found["a"] or found["b"] for found in _ENTRY.finditer(text)}
    text = _ENTRY.sub(lambda found: " " * len(found.group()), text)
    if latex:
        text, derived = partials(text)
        tokens, _, _ = latex_tokens(text, len(text), words, names, "", derivation=True)
    else:
        derived, text = {}, with_partials(text)
        for found in _PARTIAL.finditer(text):
            derived[chr(0x4E00 + len(derived))] = found.group()
        signs = iter(derived)
        text = _PARTIAL.sub(lambda found: next(signs).ljust(len(found.group())), text)
        tokens = text_tokens(text, "", True, beside=False)
    tokens = [token._replace(text=derived.get(token.text, token.text)) for token in tokens]
    return _with_entries(source, _loosely(source, tokens, False, spaced=not latex), ends)


def _with_entries(source: str, root: Node, ends: dict[int, str]) -> Node:
    """The tree with an entry where a closed part has indices behind it."""
    done: dict[Node, Node] = {}
    left = dict(ends)
    for node in postorder(root):
        args = tuple(done[arg] for arg in node.args)
        new = node
        if any(a is not b for a, b in zip(args, node.args, strict=True)):
            end = max(node.end, *(arg.end for arg in args))
            new = Node(node.kind, args, (node.start, end), node.at, node.text, node.value)
            new.closed, new.primes = node.closed, node.primes
        letters = left.pop(node.end, "") if node.closed or node.kind == "call" else ""
        mark = _ENTRY.match(source, node.end) if letters else None
        span = (node.start, mark.end() if mark is not None else node.end)
        done[node] = Node("entry", (new,), span, node.at, letters) if letters else new
    return done[root]


def _changes(tokens: list[Token]) -> list[Token]:
    """A d before a name is no factor: the product sign that LaTeX leaves out is not put between."""
    out: list[Token] = []
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else token
        between = token.text == "*" and out and out[-1].text == "d" and out[-1].kind == "name"
        if not (between and (after.kind == "name" or after.text == "(")):
            out.append(token)
    return out


def _loosely(source: str, tokens: list[Token], changes: bool, spaced: bool) -> Node:
    state = State(source, tokens, loose=True, changes=changes, spaced=spaced)
    node = expression(state)
    if state.next.kind != "end":
        raise unexpected(state, state.next)
    return node


@lru_cache(maxsize=512)
def parse(
    source: str,
    form: str = "text",
    bars: str = "",
    words: frozenset[str] = frozenset(),
    names: frozenset[str] = frozenset(),
) -> Script:
    """Read a text: statements, and the place of a closing `where` clause.

    form     "text", "latex", "index" (the text language, with factors side by side), or "auto":
             a text with a backslash is LaTeX
    bars     what |X| is: "det", "abs" or "norm"; "" asks
    words    the functions of the language, names: declared names (LaTeX needs them to split letters)

    Raises ParseError (GP1), NameProblem (GP303) and LimitError (GP7). Equal texts share one tree,
    which nobody changes.
    """
    if len(source) > MAX_CHARACTERS:
        raise LimitError(
            f"the text has {len(source)} characters; the limit is {MAX_CHARACTERS}", code="GP701"
        )
    end, where = where_clause(source)
    if form == "auto":
        form = "latex" if "\\" in source[:end] or "^{" in source[:end].split("sum_")[0] else "text"
    notes: list[GradproofError] = []
    bold: frozenset[str] = frozenset()
    if form == "latex":
        tokens, notes, bold = latex_tokens(source, end, words, names, bars)
    else:
        tokens = text_tokens(source[:end], bars, form == "index")
    return Script(source, statements(State(source, tokens)), where, form, tuple(notes), bold)
