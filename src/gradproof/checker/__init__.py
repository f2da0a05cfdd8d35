"""Certificates re-checked by little code, which lists its axioms.

Begin with `verify`, then `step`.
Not here: any search, and any import of gradproof.
"""
