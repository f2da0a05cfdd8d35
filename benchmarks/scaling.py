"""How deriving grows, beside another build and beside JAX: part of `make bench`.

    python benchmarks/scaling.py [--base PATH] [--quick]

PATH is the wheel or the `src` folder of another build. Every build answers in a process of its own; a
question is asked of one after the other, each time with new names, and CPU time is compared: on a machine
that does other things as well, only ratios and exponents mean something. JAX traces the same functions,
where it is installed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from families import FAMILIES, HESSIANS, Family

HERE = Path(__file__).resolve()
BOOKS = HERE.parent.parent / "tests" / "books"
ROUNDS = 3
PATIENCE = 20  # CPU seconds of one question; beyond that a build is not asked for larger ones
CACHED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
SHEET = "where A: m×n, x: n, b: m\nL = norm2(A*x - b)^2\ndL = 2*(A*x - b)'*A*dx\n∂L/∂x = 2*A'*(A*x - b)\n\n"


# ---- the other side: one process a build, which answers questions


class Asked(NamedTuple):
    """A question: which family, how large, what is asked of it."""

    family: str
    size: int
    tag: str
    kind: str = "gradient"
    prove: bool = False


def serve() -> None:
    """Answer questions from standard input: CPU seconds, grade of the verdict, memory in MiB."""
    import signal

    import gradproof as gp

    def late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGVTALRM, late)
    known = {one.name: one for one in (*FAMILIES, *HESSIANS)}
    for line in sys.stdin:
        question = json.loads(line)
        if "record" in question:
            text, wrt, options = question["record"]
        else:
            asked = Asked(*question["asked"])
            text, wrt = known[asked.family].problem(asked.size, asked.tag)
            wrt = wrt if len(wrt) > 1 else wrt[0]
            options = {"kind": asked.kind, "prove": asked.prove}
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
        start = time.process_time()
        try:
            grade = gp.derive(text, wrt, **options).verdict.grade
        except Exception as problem:  # a build that cannot is shown as one that cannot
            grade = type(problem).__name__
        spent = time.process_time() - start
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([spent, grade, memory]), flush=True)


def serve_jax() -> None:
    """The same for JAX: the seconds of a trace."""
    import jax
    import jax.numpy as jnp

    known = {one.name: one for one in (*FAMILIES, *HESSIANS)}
    for line in sys.stdin:
        asked = Asked(*json.loads(line)["asked"])
        function, ranks = known[asked.family].traced(asked.size, jnp)
        arrays = [jnp.ones((4,) * rank) for rank in ranks]
        gradient = asked.kind == "gradient"
        derived = jax.grad(function) if gradient else jax.hessian(_of_first(function, arrays))
        start = time.process_time()
        jax.make_jaxpr(derived)(arrays if gradient else arrays[0])
        print(json.dumps([time.process_time() - start, "", 0]), flush=True)


def _of_first(function: Any, arrays: list[Any]) -> Any:
    """A function of the first array alone."""
    return lambda first: function([first, *arrays[1:]])


class Build:
    """A process that answers."""

    def __init__(self, name: str, path: str, how: str = "--serve") -> None:
        self.name = name
        self.environment = {**CACHED, "PYTHONPATH": os.pathsep.join([path, str(HERE.parent)])}
        self._process = subprocess.Popen(
            [sys.executable, str(HERE), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=self.environment,
        )  # fmt: skip

    def ask(self, **question: Any) -> tuple[float, str, float]:
        """The answer to a question."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        spent, grade, memory = json.loads(self._process.stdout.readline())
        return spent, grade, memory

    def close(self) -> None:
        """The process ends with its input."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


# ---- the measurements


def growth(builds: Sequence[Build], family: Family, sizes: Sequence[int], **how: Any) -> Iterator[str]:
    """A line for each build: times, grade at the end, exponent, and ratios at the largest size."""
    times: dict[str, dict[int, float]] = {build.name: {} for build in builds}
    grades: dict[str, str] = {}
    alive = list(builds)
    for size in sizes:
        found: dict[str, list[float]] = {build.name: [] for build in alive}
        for turn in range(ROUNDS):
            for build in alive:
                asked = Asked(family.name, size, f"t{turn}", **how)
                spent, grades[build.name], _ = build.ask(asked=asked)
                found[build.name].append(spent)
        for name, values in found.items():
            times[name][size] = statistics.median(values)
        alive = [build for build in alive if times[build.name][size] < PATIENCE / 4]
    last = sizes[-1]
    for build in builds:
        mine = times[build.name]
        beside = [
            f"{mine[last] / other[last]:.2f} × {name}"
            for name, other in times.items()
            if name != build.name and last in mine and last in other
        ]
        told = " ".join(f"{size}:{seconds:.3f}" for size, seconds in mine.items())
        head = f"{family.name:<24}{build.name:<6}{exponent(mine):>6} {grades[build.name]:<14}"
        yield f"{head} {told}  {', '.join(beside)}"


def exponent(times: dict[int, float]) -> str:
    """Of time in size, over the larger half of the sizes."""
    points = [(math.log(n), math.log(t)) for n, t in times.items()][-3:]
    if len(points) < 2:
        return "-"
    return f"{statistics.linear_regression(*zip(*points, strict=True)).slope:.2f}"


def questions() -> list[tuple[str, str, dict[str, Any]]]:
    """Those of the case books."""
    rows = [
        json.loads(line) for file in sorted(BOOKS.glob("*.jsonl")) for line in file.read_text().splitlines()
    ]
    return [
        (
            row["expr"],
            row["wrt"],
            {"kind": row["kind"], "shapes": row["vars"], "assume": row.get("props") or {}},
        )
        for row in rows
    ]


def books(builds: Sequence[Build], step: int) -> Iterator[str]:
    """The case books: median and slow ones, with proof and without; ratios of builds and of proof."""
    middle: dict[tuple[str, bool], float] = {}
    for prove in (False, True):
        times: dict[str, list[float]] = {build.name: [] for build in builds}
        for text, wrt, options in questions()[::step]:
            for build in builds:
                asked = [build.ask(record=(text, wrt, {**options, "prove": prove}))[0] for _ in range(2)]
                times[build.name].append(min(asked))
        for name, values in times.items():
            values.sort()
            middle[name, prove] = statistics.median(values)
            p99 = values[int(0.99 * (len(values) - 1))]
            first = builds[-1].name
            beside = (
                f"{middle[first, prove] / middle[name, prove]:.2f} times faster than {first}"
                if name != first
                else ""
            )
            ratio = f"proof {middle[name, True] / middle[name, False]:.2f} × deriving" if prove else ""
            what = "proved" if prove else "derived"
            head = f"{'questions, ' + what:<24}{name:<6} median {middle[name, prove] * 1e3:.1f} ms"
            yield f"{head}, 99 % {p99 * 1e3:.1f} ms  {beside} {ratio}"


def cold(builds: Sequence[Build], rounds: int) -> Iterator[str]:
    """Fresh processes: CPU milliseconds of commands, beside `import click` and `import numpy`."""
    with tempfile.NamedTemporaryFile("w", suffix=".gp", delete=False) as sheet:
        sheet.write(SHEET * 8)
    commands = {
        "seed": ["-m", "gradproof", "L(X*W')", "W"],
        "check": ["-m", "gradproof", "check", "L(X*W')", "W", "G'*X"],
        "check FILE of 40 lines": ["-m", "gradproof", "check", sheet.name],
        "import click": ["-c", "import click"],
        "import numpy": ["-c", "import numpy"],
    }
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds + 1):
        for what, arguments in commands.items():
            for build in builds:
                spent = _spent(arguments, build)
                if turn:  # the first writes compiled modules
                    times.setdefault((what, build.name), []).append(spent)
    os.unlink(sheet.name)
    median = {key: statistics.median(values) for key, values in times.items()}
    for (what, name), value in median.items():
        beside = [f"{value / median[what, builds[-1].name]:.2f} × {builds[-1].name}"]
        beside += [
            f"{value / median[other, name]:.2f} × {other}" for other in ("import click", "import numpy")
        ]
        yield f"{'cold: ' + what:<30}{name:<6}{1000 * value:>7.0f} ms  {', '.join(beside)}"


def _spent(arguments: Sequence[str], build: Build) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, env=build.environment, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory(paths: dict[str, str], depth: int) -> Iterator[str]:
    """What proving a deep net needs above the import."""
    for name, path in paths.items():
        build = Build(name, path)
        before = build.ask(asked=Asked("tanh net", 1, "m"))[2]
        after = build.ask(asked=Asked("tanh net", depth, "m", prove=True))[2]
        build.close()
        head = f"memory, {depth} layers proved"
        yield f"{head:<30}{name:<6}{after - before:.0f} MiB above the first question"


def main() -> int:
    """Print all of it."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--serve-jax", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--base", default="", help="a wheel or a src folder of another build")
    options.add_argument("--quick", action="store_true", help="smaller sizes, fewer rounds")
    chosen = options.parse_args()
    if chosen.serve or chosen.serve_jax:
        (serve if chosen.serve else serve_jax)()
        return 0
    paths = {"here": str(HERE.parent.parent / "src")} | ({"base": chosen.base} if chosen.base else {})
    builds = [Build(name, path) for name, path in paths.items()]
    jax = [Build("jax", paths["here"], "--serve-jax")] if _has_jax() else []
    sizes = [4, 8, 16] if chosen.quick else [8, 16, 32, 64]
    for prove in (False, True):
        print(f"\n{'proved' if prove else 'derived'}: exponent, grade, CPU seconds by size")
        for family in FAMILIES:
            beside = [*builds, *([] if prove else jax)]
            print(*growth(beside, family, sizes, prove=prove), sep="\n", flush=True)
    print("\nHessians")
    for family in HESSIANS:
        print(
            *growth([*builds, *jax], family, sizes[:2] if chosen.quick else [4, 8, 16], kind="hessian"),
            sep="\n",
            flush=True,
        )
    print("\nthe person's view")
    print(*books(builds, 4 if chosen.quick else 1), sep="\n", flush=True)
    print(*cold(builds, 5 if chosen.quick else 15), sep="\n", flush=True)
    print(*memory(paths, 64 if chosen.quick else 256), sep="\n", flush=True)
    for build in [*builds, *jax]:
        build.close()
    return 0


def _has_jax() -> bool:
    from importlib.util import find_spec

    return find_spec("jax") is not None


if __name__ == "__main__":
    raise SystemExit(main())
