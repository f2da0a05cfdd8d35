"""From LaTeX to the tokens of the language, with places in the LaTeX text.

Begin with `tokens`.
Not here: precedence; the parser is the one for plain text.
"""
