"""How does it run? A plan for the results, and its text in a target.

Begin with `targets`, then `compile`.
Not here: derivatives; code is made of answers.
"""
