"""A derivation as a person reads it, as plain data: headings, lines, reasons, names, claims.

Begin with `model`, then `gradient`.
Not here: signs and layout (`rendering`).
"""
