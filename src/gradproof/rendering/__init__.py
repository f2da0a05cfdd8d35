"""How does it look? Expressions and pages as text, ASCII, LaTeX and Markdown.

Begin with `formula.formula` and `page.show`; `shape_tree` draws shapes.
Not here: which steps are shown, and in which words (`derivation.story`).
"""
