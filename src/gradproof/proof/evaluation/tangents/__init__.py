"""Changes of values along a direction, on dual numbers; nested, of any order.

Begin with `dual_numbers`.
Not here: the values themselves (`proof.evaluation.values`).
"""
