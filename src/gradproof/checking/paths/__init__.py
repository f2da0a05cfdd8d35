"""From one form of an answer to an equal one, by small steps with names.

Begin with `search`.
Not here: whether the forms are equal; that is known before.
"""
