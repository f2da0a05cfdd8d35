"""How do you reach it? The Python face, the command line, teaching.

Begin with `derive`.
Not here: anything that two faces would have to repeat.
"""
