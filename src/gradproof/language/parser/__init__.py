"""From tokens to a syntax tree, by operator precedence on explicit stacks.

Begin with `statements`, then `state`.
Not here: names and shapes; a tree is made of anything that is well formed.
"""
