"""The rows of a document, each judged against the truth about its left side.

Begin with `check`.
Not here: derivations in plain text (`checking.worksheet`).
"""
