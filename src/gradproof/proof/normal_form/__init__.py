"""Equal for all sizes? Sums of contraction networks over atoms, labelled canonically.

Begin with `judge`, then `engine` and `terms.data`.
Not here: numbers at points (`proof.evaluation`), and short notation: a normal form is never shown.
"""
