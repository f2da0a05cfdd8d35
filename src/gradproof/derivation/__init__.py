"""What did we do? Derivations as steps, stories and documents.

Begin with `story.model`; `layouts` and `structured_variables` say what an answer can mean.
Not here: the rules themselves (`calculus`), and verdicts (`proof`).
"""
