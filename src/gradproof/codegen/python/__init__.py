"""The text of a module in Python, in the dialect of a target.

Begin with `module`.
Not here: what a dialect says (`codegen.numpy`).
"""
