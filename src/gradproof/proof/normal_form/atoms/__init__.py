"""The kinds of atoms: one theory a file, with its laws, its differential and how it is lowered.

Begin with `powers`.
Not here: terms and their labels (`proof.normal_form.terms`); a theory speaks of one kind only.
"""
