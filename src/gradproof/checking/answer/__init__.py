"""One answer against ours: as text, or as a function in numbers.

Begin with `check`.
Not here: the search for the mistake (`checking.diagnosis`).
"""
