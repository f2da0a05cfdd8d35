"""What does a text denote? From the syntax tree to expressions, in passes.

Begin with `read`, which lists the passes.
Not here: derivatives; nothing is changed but for its notation.
"""
