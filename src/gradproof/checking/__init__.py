"""Is what a person brought right, and if not, why?

Begin with `answer.check` for an answer, `worksheet.check` for a derivation.
Not here: verdicts of its own; the referee judges.
"""
