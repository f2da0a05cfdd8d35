"""The floors of the house, from the ground up: a module imports from its own floor and from lower ones."""

FLOORS = [
    ("checker",),
    ("errors", "verdicts", "patterns", "codes"),
    ("language",),
    ("expressions",),
    ("operators",),
    ("elaboration",),
    ("calculus",),
    ("proof",),
    ("derivation",),
    ("rendering", "codegen"),
    ("session",),
    ("checking",),
    ("faces",),
    ("__init__", "__main__", "testing"),
]
