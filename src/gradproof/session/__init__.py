"""One question, asked and answered: what is derived, proved, shown and run.

Begin with `derive`, then `result`.
Not here: a person's own answers (`checking`).
"""
