"""What has to be computed, as array operations without syntax.

Begin with `model`, then `lower`.
Not here: how any target spells them.
"""
