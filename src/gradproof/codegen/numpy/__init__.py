"""NumPy as a target: spellings, and functions that NumPy lacks.

Begin with `dialect`.
Not here: the frame of a module (`codegen.python`).
"""
