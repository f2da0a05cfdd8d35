"""In which order rules are applied: backwards by statements, forwards, by entries.

Begin with `backpropagation`, then `frobenius`.
Not here: what a rule says, and how a step is worded.
"""
