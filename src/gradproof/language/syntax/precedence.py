"""How tightly the signs of the language hold together, loosest first.

The parser reads by these numbers, and whoever writes the language writes by them: `expressions.text`, and the
repair of what a person wrote. Formulas have more levels (`rendering.formula.precedence`), and Python has its
operators (`codegen.python.spelling`); a test compares their orders with this one.
"""

from __future__ import annotations

OPEN = 0  # an open parenthesis holds nothing together
COMPARISON, SUM, SERIES, FROBENIUS, PRODUCT, SIGN, POWER, POSTFIX, ATOM = 5, 10, 15, 20, 30, 40, 50, 60, 100

# What stands between two operands, and the kind of node that it makes.
INFIX = {
    "<": "<", ">": ">", "<=": "<=", ">=": ">=", "+": "add", "-": "sub", ":": "frob", "*": "mul", ".*": "had",
    "/": "div", "./": "hdiv", "⊗": "kron", "^": "pow", ".^": "hpow",
}  # fmt: skip
# How tightly a node of each kind holds together; all others are atoms.
LEVELS = {
    **dict.fromkeys(("<", ">", "<=", ">="), COMPARISON),
    **dict.fromkeys(("add", "sub"), SUM),
    "sum": SERIES,
    "frob": FROBENIUS,
    **dict.fromkeys(("mul", "had", "div", "hdiv", "kron"), PRODUCT),
    **dict.fromkeys(("neg", "plus", "root"), SIGN),
    **dict.fromkeys(("pow", "hpow"), POWER),
    "T": POSTFIX,
}
