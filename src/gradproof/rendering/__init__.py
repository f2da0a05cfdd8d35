"""How does it look? Expressions and pages in every format; `formats` is the table.

Begin with `formula.formula` and `page.model`; `shape_tree` draws shapes.
Not here: which steps are shown, and in which words (`derivation.story`).
"""
