"""The numbers that expressions are evaluated in: towers of prime fields, floats, fractions.

Begin with `prime_field`.
Not here: what an evaluation asks of its numbers (`proof.evaluation.arithmetic`).
"""
