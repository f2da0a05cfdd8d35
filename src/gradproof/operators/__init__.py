"""Which words are there? One row an operator, and what follows from a row.

Begin with `table`, then `row`, `signature` and `wiring`.
Not here: rules that rewrite (`calculus`), and how a word is printed or run.
"""
