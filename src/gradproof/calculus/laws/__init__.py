"""The rules as a table: a law as text, what its letters stand for, the reason.

Begin with `algebra` (the texts), then `law` (how they are read) and `matching`.
Not here: which rewriting is wanted (`checking.paths`).
"""
