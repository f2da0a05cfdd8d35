"""What may we do? Differentials, moves across “:”, and the rule book.

Begin with `differential` and `adjoint`; the laws in words are in `rulebook`.
Not here: in which order it is done (`derivation.strategies`), and whether it is true (`proof`).
"""
