"""A document in LaTeX or Markdown taken apart, and formulas as terms that keep their scripts.

Begin with `statements`.
Not here: what names are (`elaboration.document`).
"""
