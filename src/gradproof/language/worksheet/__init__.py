"""From a page with a derivation to its rows: what stands left and right of each equals sign, and the prose.

Begin with `text`; LaTeX and Markdown in `latex`.
Not here: what a row says (`elaboration.worksheet`).
"""
