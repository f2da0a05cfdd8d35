"""The rules for differentials of sums, products, powers and norms. Those of single operators are rows of
their table: see `rulebook`.
"""

from __future__ import annotations

from gradproof.calculus.laws.rule import Rule

DIFFERENTIALS = (
    Rule("d-sum", "the differential of a sum", "d(A + B) = d(A) + d(B)", "term by term"),
    Rule(
        "d-transpose", "d and the transpose commute", "d(A') = d(A)'", "entries only change places",
    ),
    Rule(
        "d-linear", "linear operators let d through", "d(tr(S)) = tr(d(S)); d(f(A)) = f(d(A))",
        "the operator adds up entries", where="f map",
    ),
    Rule(
        "d-product", "product rule",
        "d(A*B) = d(A)*B + A*d(B); d(X.*Z) = d(X).*Z + X.*d(Z); d(X:Z) = d(X):Z + X:d(Z); "
        "d(kron(A, B)) = kron(d(A), B) + kron(A, d(B))", "each factor varies in turn, order kept",
    ),
    Rule(
        "d-quotient", "quotient rule", "d(A/c) = d(A)/c - A*d(c)/c^2", "product rule with c^-1",
        ("c ≠ 0",), about="division fraction",
    ),
    Rule(
        "d-norm-squared", "differential of a squared norm",
        "d(normF(A)^2) = 2*A:d(A); d(norm2(A)^2) = 2*A:d(A)",
        "‖A‖² = A:A, and both factors vary alike",
    ),
    Rule(
        "d-norm-power", "differential of a power of a norm",
        "d(normF(A)^3) = 3*normF(A)*(A:d(A)); d(norm2(A)^3) = 3*norm2(A)*(A:d(A))",
        "‖A‖^p is (A:A)^(p/2)", ("A ≠ 0 where p < 2",),
    ),
    Rule("d-power", "power rule", "d(c^3) = 3*c^2*d(c)", "the slope of x^p is p*x^(p-1)", where="c: scalar"),
    Rule(
        "d-matrix-power", "product rule for equal factors", "d(S^2) = d(S)*S + S*d(S)",
        "matrices do not commute, so the order is kept", where="S: n×n",
    ),
    Rule(
        "d-trace-power", "under a trace equal factors are alike", "d(tr(S^3)) = 3*tr(S^2*d(S))",
        "each of the factors can be turned to the end", where="S: n×n",
    ),
    Rule(
        "def-gradient", "definition of the gradient", "",
        "the gradient G of an unknown function L at Y is what makes dL = G:dY", about="chain rule",
    ),
    Rule(
        "d-root", "differential of a solution", "",
        "the differential of the equation F(x, y) = 0, solved for dy", ("the equation can be solved for dy",),
        about="implicit function theorem argmin root",
    ),
    Rule(
        "d-map", "an unknown function entry by entry", "", "d f.(X) = f'.(X) .* dX", about="chain rule",
    ),
    Rule(
        "d-slope", "slopes of piecewise linear functions are constant", "",
        "their differential is 0 away from the kinks",
    ),
)  # fmt: skip
