"""One expression in a notation (matrix or index) and a format, by way of boxes.

Begin with `formula`, then `boxes`.
Not here: the plain text that parses back (`expressions.text`).
"""
