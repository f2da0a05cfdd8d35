"""What a claim takes for granted: which names vary, which names stand for expressions, declared laws."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from gradproof.expressions.nodes import Expr

NOTHING: Mapping[Expr, Expr] = MappingProxyType({})


class Context(NamedTuple):
    """What both engines of proof are told about the names of a claim.

    varying  names whose differential d(name) is an independent atom; every other name is constant
    unfold   names that stand for expressions (statements, G = gradof(...)): replaced before all else
    laws     declared equations, used from left to right, such as rowsum(Y) = ones(n)
    """

    varying: frozenset[Expr] = frozenset()
    unfold: Mapping[Expr, Expr] = NOTHING
    laws: tuple[tuple[Expr, Expr], ...] = ()
