"""A derivation, each line against the one before, and gradients also against the truth.

Begin with `check`, then `chain`.
Not here: reading the lines (`elaboration.worksheet`).
"""
