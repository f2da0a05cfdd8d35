"""Which slip explains a wrong expression?

Begin with `search`; the slips are rows of `slips`.
Not here: edits of a written row (`checking.repair`).
"""
