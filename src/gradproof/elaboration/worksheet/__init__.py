"""What the rows of a derivation say: which names vary, what each row defines, differentiates or claims.

Begin with `read`.
Not here: whether a row follows from the one before (`checking.worksheet`).
"""
