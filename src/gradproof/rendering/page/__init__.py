"""A story as a page, and the page as lines.

Begin with `show`, then `model`.
Not here: formulas; they come spelled.
"""
