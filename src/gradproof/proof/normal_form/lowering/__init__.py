"""What do words mean that are no atoms? Linear ones by their wiring, others written with atoms.

Begin with `lower`, then `functions`.
Not here: words that are atoms (`proof.normal_form.atoms`), and definitions (`proof.semantics`).
"""
