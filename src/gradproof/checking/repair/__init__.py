"""A wrong row mended by one edit of what the person wrote.

Begin with `search`, then `edits`.
Not here: rows that were right and are only written otherwise (`checking.paths`).
"""
