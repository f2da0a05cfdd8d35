"""Sums over indices as matrix notation.

Begin with `index_sums`, then `lifting` and `elimination`.
Not here: index notation as output (`rendering.formula.index`).
"""
