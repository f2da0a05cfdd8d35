"""The speed figures against their targets: `make bench`, or `python benchmarks/figures.py [--quick]`.

Times are wall-clock and the best of a few runs (the median for cold starts), because what else the machine
does can only add to them. Families of growing problems get the exponent of time in size, by a fit.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

import gradproof as gp
from problems import Problem, attention, chain, layers, norms, product, student

Family = Callable[[int, str], Problem]
TAGS = (f"t{i}" for i in count())
COLD_RUNS, WARM_RUNS = 15, 5
# As installed: Python keeps compiled modules, and the first run (not counted) writes them.
CACHED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Figure(NamedTuple):
    """One measured number and what it should stay below; no target where it is only told."""

    name: str
    value: float
    target: float | None
    unit: str


def cold(*arguments: str) -> float:
    """The median time of a fresh Python that runs with these arguments."""

    def once() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=CACHED)
        return time.perf_counter() - start

    once()
    return statistics.median(once() for _ in range(COLD_RUNS))


def derive(problem: Problem, prove: bool) -> Any:
    """Derive in one variable or in several."""
    wrt = problem.variables
    return gp.derive(problem.text, wrt if len(wrt) > 1 else wrt[0], prove=prove)


def answer(problem: Problem) -> None:
    """Derive and print, without the referee."""
    derive(problem, prove=False).show()


def proof(problem: Problem) -> None:
    """Derive and have every step proved; anything less is not worth a figure."""
    grade = derive(problem, prove=True).verdict.grade
    assert grade == "proved", f"{grade}: {problem.text[:60]}"


def best(make: Callable[[str], Problem], task: Callable[[Problem], None], runs: int = WARM_RUNS) -> float:
    """The shortest time of a task, each time on a problem with new names, after one run to warm up."""
    task(make(next(TAGS)))
    times = []
    for _ in range(runs):
        problem = make(next(TAGS))
        start = time.perf_counter()
        task(problem)
        times.append(time.perf_counter() - start)
    return min(times)


def growth(
    family: Family, sizes: list[int], task: Callable[[Problem], None]
) -> tuple[float, dict[int, float]]:
    """The exponent of time in size, and the times."""
    times = {size: best(lambda tag, size=size: family(size, tag), task, runs=2) for size in sizes}
    fit = statistics.linear_regression([math.log(n) for n in times], [math.log(t) for t in times.values()])
    return fit.slope, times


def proving_a_step(problems: list[Callable[[str], Problem]]) -> float:
    """The median over problems of what the referee adds for each step."""
    costs = []
    for make in problems:
        added = best(make, proof) - best(make, lambda problem: void(derive(problem, prove=False)))
        problem = make(next(TAGS))
        found = derive(problem, prove=False)
        several = len(problem.variables) > 1
        steps = sum(len(found[name].steps) for name in problem.variables) if several else len(found.steps)
        costs.append(added / steps)
    return statistics.median(costs)


def void(_: object) -> None:
    """Drop a result, so that a lambda can be a task."""


def figures(quick: bool) -> Iterator[Figure]:
    """Every figure, as it is measured."""
    question = student()
    yield Figure(
        'cold: gradproof "L(X*W\')" W', cold("-m", "gradproof", question.text, *question.variables), 0.2, "s"
    )
    yield Figure("cold: import gradproof", cold("-c", "import gradproof"), 0.06, "s")
    yield Figure("cold: python alone", cold("-c", ""), None, "s")
    yield Figure("derive and prove L(X*W')", best(student, proof), 0.010, "s")
    yield Figure("derive and prove attention", best(attention, proof), 0.100, "s")
    sizes = [4, 8, 16, 32] if quick else [4, 8, 16, 32, 64, 128]
    for name, family in (("layers", layers), ("chain", chain), ("squared norms", norms)):
        slope, times = growth(family, sizes, answer)
        yield Figure(f"{name}: exponent of derive and show, {sizes[0]} to {sizes[-1]}", slope, 1.15, "")
        for size in sizes[-2:]:
            target = 0.5 if (name, size) == ("layers", 64) else None
            yield Figure(f"{name} {size}: derive and show", times[size], target, "s")
    deep = 16 if quick else 64
    yield Figure(
        f"layers {deep}: derive and prove", best(lambda tag: layers(deep, tag), proof, runs=1), 3.0, "s"
    )
    yield Figure("product of 64, middle factor", best(lambda tag: product(64, tag), proof, runs=2), 0.5, "s")
    small = [
        student,
        attention,
        lambda tag: layers(4, tag),
        lambda tag: norms(4, tag),
        lambda tag: chain(8, tag),
    ]
    yield Figure("proving a step, median", proving_a_step(small), 0.001, "s")


def spell(value: float, unit: str) -> str:
    """A number as it is read: seconds or milliseconds, or an exponent."""
    if not unit:
        return f"{value:.2f}"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def main() -> int:
    """Print the table; 1 where a target is missed."""
    options = argparse.ArgumentParser(description="The speed figures against their targets.")
    options.add_argument("--quick", action="store_true", help="smaller families")
    missed = 0
    print(f"{'figure':<52}{'measured':>12}{'target':>12}")
    for figure in figures(options.parse_args().quick):
        late = figure.target is not None and figure.value > figure.target
        missed += late
        target = "" if figure.target is None else spell(figure.target, figure.unit)
        mark = "  missed" if late else ""
        print(f"{figure.name:<52}{spell(figure.value, figure.unit):>12}{target:>12}{mark}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
