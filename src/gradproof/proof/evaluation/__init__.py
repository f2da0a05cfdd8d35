"""Equal at random points? Values and tangents in prime fields, in floats and in fractions.

Begin with `judge`, then `evaluator`.
Not here: laws; every word is computed by its definition.
"""
