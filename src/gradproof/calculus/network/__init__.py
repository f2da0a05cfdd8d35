"""Products as networks of factors on wires, and the shortest matrix notation for them.

Begin with `network`; in by `from_expression`, out by `to_expression`.
Not here: derivatives; a network stands for one expression.
"""
