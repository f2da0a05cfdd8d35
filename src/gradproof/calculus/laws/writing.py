"""The rules of derivations by entries, and those of writing a derivation down."""

from __future__ import annotations

from gradproof.calculus.laws.rule import Rule

COMPONENTS = (
    Rule(
        "component-chain", "chain rule by entries", "",
        "one term for each entry of the intermediate array",
    ),
    Rule(
        "component-delta", "an entry by an entry is a delta", "",
        "∂W_jk/∂W_pq is 1 where j = p and k = q, else 0",
    ),
    Rule("component-contract", "a delta renames an index", "", "Σ_j δ_jp a_j has only the term j = p"),
    Rule(
        "component-recognise", "indices side by side make products", "",
        "a matrix product sums over neighbouring indices; a factor whose index stands on the wrong side "
        "enters transposed",
    ),
    Rule("definition", "what a name stands for, by entries", "", "from the definitions of the operators"),
)  # fmt: skip

WRITING = (
    Rule(
        "differential", "write the differential", "", "only what varies has one; that of a constant is 0",
        about="begin start first step",
    ),
    Rule(
        "read-off", "what stands before dx is the derivative", "",
        "a differential of the form H:dx, or H*dx, belongs to one H only",
        about="identify gradient definition",
    ),
    Rule(
        "collect", "like terms together, common factors once", "",
        "addition commutes and multiplication distributes",
    ),
    Rule(
        "free", "a gradient at all points", "",
        "a second derivative by the entries of S needs the gradient where S lacks its structure, too",
    ),
    Rule(
        "project", "the part along which the variable may change", "",
        "a variable with structure, such as a symmetric one, varies only in some directions",
        about="structured constrained tangent space projection symmetric orthogonal",
    ),
    Rule(
        "project-adjoint", "the projection crosses “:” to the gradient", "",
        "the gradient only meets changes that keep the structure, and of those the projection changes none",
        about="structured constrained",
    ),
    Rule("stack", "columns stacked into vectors", "", "vec of a matrix: its columns, one below the other",
         about="vec vectorise jacobian"),
    Rule("answer", "the whole derivation in one step", "",
         "what all steps together claim: the differential of the objective is the answer times dx"),
    Rule(
        "normal-form", "equal by normal form", "",
        "both sides multiplied out, renamed and put in order are the same, so they are equal for all sizes",
        about="equal identity canonical",
    ),
    Rule("insert", "a name written out", "", "a name may be replaced by what it stands for"),
)  # fmt: skip
