"""Lists of operators that stand outside the table: where they are, and why each may.

A fact of an operator is a column of its row (`operators.row`). What is found here is a set, a tuple, a list
or a dict of texts and numbers that names more than three words of the table. Dicts of functions are not facts
but what a floor does with a word.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gradproof.operators.table import OPERATORS

MOST = 3
# The table itself, the two second opinions (what the referee understands by words), and the checker.
OWN = ("operators/", "proof/", "checker/")
CODE = "texts of code in the target, one for each word that it has to be told"
SIGNS = "signs of the notation and how closely they bind, for those nodes that have a sign"
TYPED = "what people type; the language stands below the table, and `elaboration` says what is no word"
ALLOWED = {
    "calculus/network/softmax.py": "a walk through products, no fact of the words in it",
    "codegen/numpy/matrix_helpers.py": CODE,
    "codegen/numpy/special_helpers.py": CODE,
    "derivation/story/provenance.py": SIGNS,
    "elaboration/document/words.py": "what the reader of documents does with a word, which is its code",
    "elaboration/indices/lifting.py": "what the entries go through before they are added up",
    "elaboration/inference/kind_constraints.py": SIGNS,
    "expressions/text.py": SIGNS,
    "faces/teaching/templates.py": "texts of exercises",
    "language/document/grammar.py": TYPED,
    "language/document/lexer.py": TYPED,
    "language/parse.py": TYPED,
    "language/syntax/command_names.py": TYPED,
    "language/syntax/desugar.py": TYPED,
    "language/syntax/precedence.py": SIGNS,
    "rendering/formula/ascii_matrix.py": SIGNS,
    "rendering/formula/text.py": SIGNS,
    "rendering/shape_tree.py": SIGNS,
}


class Found(NamedTuple):
    """A list of words: its line and the words."""

    line: int
    words: frozenset[str]


def _constant(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Tuple | ast.List):
        return all(map(_constant, node.elts))
    return isinstance(node, ast.Constant)


def _texts(node: ast.AST) -> list[str]:
    """The texts in a collection, or in a text that is split at its blanks."""
    parts: list[ast.expr | None] = []
    if isinstance(node, ast.Set | ast.Tuple | ast.List):
        parts = list(node.elts)
    elif isinstance(node, ast.Dict) and all(map(_constant, node.values)):
        parts = [*node.keys, *node.values]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
        text = node.func.value
        return text.value.split() if isinstance(text, ast.Constant) and isinstance(text.value, str) else []
    return [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]


def lists(module: ast.Module) -> Iterator[Found]:
    """The lists of more than a few operators in a module."""
    for node in ast.walk(module):
        words = frozenset(_texts(node)) & OPERATORS.keys()
        if len(words) > MOST:
            yield Found(getattr(node, "lineno", 0), words)


def outside(path: Path, root: Path) -> bool:
    """Whether a file is none of those that may list words."""
    return not path.relative_to(root).as_posix().startswith(OWN)
