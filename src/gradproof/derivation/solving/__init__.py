"""Where is a gradient zero? Linear equations in one variable, constraints, equations that define names.

Begin with `stationary`.
Not here: numerical solvers.
"""
