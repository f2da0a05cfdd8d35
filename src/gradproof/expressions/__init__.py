"""What is an expression? Sizes, interned nodes, walks, and the plain text that parses back.

Begin with `nodes`.
Not here: what an operator means, and any simplification: constructors are in `operators.build`.
"""
