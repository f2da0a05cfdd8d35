"""Answers in the syntax of NumPy, PyTorch or JAX, with their broadcasting, as expressions.

Begin with `reader`.
Not here: running anything, or writing code (`codegen`).
"""
