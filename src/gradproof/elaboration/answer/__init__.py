"""A person's answer, read in the names of a question.

Begin with `read`.
Not here: whether it is right (`checking.answer`).
"""
