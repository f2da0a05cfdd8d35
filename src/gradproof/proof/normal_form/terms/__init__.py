"""Sums of networks over atoms, as data: labelled canonically, collected, matched and rewritten.

Begin with `data`, then `collect`.
Not here: what any kind of atom means (`proof.normal_form.atoms`).
"""
