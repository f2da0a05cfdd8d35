"""Tokens, the syntax tree, declarations, and spellings that stand for words.

Begin with `tree`.
Not here: which tokens belong together (`language.parser`).
"""
