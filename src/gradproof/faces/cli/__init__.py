"""The command line: what was asked, in words of a shell, and how a run ends.

Begin with `main`.
Not here: mathematics; each command asks one function.
"""
