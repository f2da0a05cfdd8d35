"""I is the identity, of the size that the rest decides, unless a text says that it is something else."""

from __future__ import annotations

from collections.abc import Container

from gradproof.elaboration.indices.index_sums import rebuilt
from gradproof.language.syntax.tree import Node, Script, postorder


def with_identity(script: Script, taken: Container[str], sizes: Container[str] = ()) -> Script:
    """The statements with `eye(…)` for I, where neither a declaration nor a statement takes that name, and
    with `eye(n)` for I_n where n is one of the sizes."""
    if "I" in taken or any(one.name == "I" for one in script.statements):
        return script
    if not any(node.text[:1] == "I" for one in script.statements for node in postorder(one.node)):
        return script
    statements = tuple(one._replace(node=_replaced(one.node, sizes)) for one in script.statements)
    return script._replace(statements=statements)


def _replaced(root: Node, sizes: Container[str]) -> Node:
    done: dict[Node, Node] = {}
    for node in postorder(root):
        known = node.text[2:] if node.text[:2] == "I_" and node.text[2:] in sizes else ""
        if node.kind == "name" and (node.text == "I" or known):
            size = Node("name", (), node.span, node.at, known or f"?I{node.start}")
            done[node] = Node("call", (size,), node.span, node.at, "eye")
        else:
            args = tuple(done[arg] for arg in node.args)
            same = all(a is b for a, b in zip(args, node.args, strict=True))
            done[node] = node if same else rebuilt(node, args)
    return done[root]
