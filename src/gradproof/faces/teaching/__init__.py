"""The gallery, hints and practice.

Begin with `gallery`.
Not here: checking what a student answers (`checking`).
"""
