"""From a tree whose names are known to expressions, and what is said where shapes do not fit.

Begin with `assemble`.
Not here: guessing; every shape is known by now.
"""
