"""Random programs, as many as are asked for: what fails is cut down and printed, one line each.

    python benchmarks/fuzz.py [COUNT [FIRST]]

The programs are those of tests/test_generated.py at other seeds, one level deeper. It ends with 1 where any
failed.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from generator import Fault, exam, program, smallest

DEPTH, REPORT = 4, 1000


def main(count: int, first: int) -> int:
    """Try `count` programs from the seed `first` on; how many failed."""
    grades: Counter[str] = Counter()
    for done, seed in enumerate(range(first, first + count), 1):
        case = program(random.Random(seed), DEPTH)
        try:
            grades[exam(case, seed)] += 1
        except Fault as fault:
            small, found = smallest(case, fault, seed)
            grades["failed"] += 1
            print(f"seed {seed}: {small}\n    {found}", flush=True)
        if done % REPORT == 0 or done == count:
            said = ", ".join(f"{number} {grade}" for grade, number in grades.most_common())
            print(f"{done} of {count}: {said}", file=sys.stderr, flush=True)
    return grades["failed"]


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:3]]
    sys.exit(1 if main(*asked, *(100_000, 1_000_000)[len(asked) :]) else 0)
