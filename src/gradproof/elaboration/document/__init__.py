"""What a document means: one inference over all its rows, kinds and shapes of names as unknowns.

Begin with `inference`.
Not here: whether rows are true (`checking.document`).
"""
