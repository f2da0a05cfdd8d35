"""Which kind and size has every part, where nothing is declared?

Begin with `infer`.
Not here: making nodes (`elaboration.assembly`).
"""
