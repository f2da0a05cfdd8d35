"""The command line: what it passes on, what it prints, how it ends. The mathematics is a stand-in here."""

import io
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradproof import errors
from gradproof.errors import GradproofError
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.faces.cli.main import main
from gradproof.operators.build import name
from gradproof.proof.referee import recalled
from gradproof.verdicts import Verdict

STUDENT = "L(X*W')"
SRC = str(Path(__file__).parents[1] / "src")


class Engine:
    """Remembers what it was asked; answers with what it was told to."""

    def __init__(self) -> None:
        self.asked: tuple[Any, ...] = ()
        self.how: dict[str, Any] = {}
        self.shown: tuple[Any, ...] = ()
        self.problem: BaseException | None = None
        self.grade = "proved"
        self.warnings: tuple[GradproofError, ...] = ()
        self.names: dict[str, Expr] = {"X": name("X", ()), "W": name("W", ())}

    def derive(self, text: str, wrt: object, **how: Any) -> "Engine":
        self.asked, self.how = (text, wrt), how
        if self.problem:
            raise self.problem
        return self

    @property
    def verdict(self) -> Verdict:
        return recalled(self.grade, "", None)

    def show(self, notation: str, **how: Any) -> str:
        self.shown = (notation, how)
        return "∂L/∂W = GᵀX" if how["format"] == "text" else f"dL/dW = G'*X ({how['format']})"

    def code(self, target: str) -> str:
        return f"# {target}\n"

    def read(self, text: str, shapes: object, assume: object, where: object) -> Program:
        self.asked = (text, shapes, assume, where)
        return Program(text, (), name("f", ()), "", self.names, {})


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    stand_ins = {
        "gradproof.faces.derive": {"derive": made.derive},
        "gradproof.elaboration.read": {"read": made.read},
        "gradproof.rendering.shape_tree": {"shape_tree": lambda program, ascii: f"tree of {program.source}"},
    }
    for module, contents in stand_ins.items():
        stand_in = ModuleType(module)
        vars(stand_in).update(contents)
        monkeypatch.setitem(sys.modules, module, stand_in)
    monkeypatch.delenv("GRADPROOF_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return made


# What is typed, and what the engine hears: text, variables, and what differs from the defaults.
DERIVE: list[tuple[list[str], str, object, dict[str, object]]] = [
    ([STUDENT, "W"], STUDENT, "W", {}),
    (["derive", STUDENT, "W"], STUDENT, "W", {}),
    ([STUDENT, "W", "X"], STUDENT, ["W", "X"], {}),
    ([STUDENT, "W,X"], STUDENT, ["W", "X"], {}),
    (["-x'*x", "x"], "-x'*x", "x", {}),
    (["-sum(x)", "x"], "-sum(x)", "x", {}),
    (["derive", "x", "-s", "x=n", "x"], "x", "x", {"shapes": {"x": ("n",)}}),
    (
        ["-sX=m,3", STUDENT, "W", "-s", "c=", "--shape", "W = k×n"],
        STUDENT,
        "W",
        {"shapes": {"X": ("m", 3), "c": (), "W": ("k", "n")}},
    ),
    (["x'*S*x", "x", "--assume", "S symmetric"], "x'*S*x", "x", {"assume": {"S": ["symmetric"]}}),
    (
        ["f", "x", "--assume", "S spd, c constant positive"],
        "f",
        "x",
        {"assume": {"S": ["spd"], "c": ["constant", "positive"]}},
    ),
    (["f", "x", "--where", "x: n"], "f", "x", {"where": "x: n"}),
    (["f", "x", "--kind", "hessian", "--layout", "mixed"], "f", "x", {"kind": "hessian", "layout": "mixed"}),
]


@pytest.mark.parametrize("typed, text, wrt, how", DERIVE, ids=[" ".join(row[0]) for row in DERIVE])
def test_derive_passes_on(
    engine: Engine, typed: list[str], text: str, wrt: object, how: dict[str, object]
) -> None:
    assert main(typed) == 0
    assert engine.asked == (text, wrt)
    defaults = {
        "shapes": {}, "assume": {}, "where": None, "kind": "gradient", "layout": "gradient",
        "structure": "free",
    }  # fmt: skip
    assert engine.how == {**defaults, **how}


def test_derive_shows(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([STUDENT, "W"]) == 0
    assert engine.shown == ("frobenius", {"format": "text", "steps": "short", "width": 80})
    assert capsys.readouterr() == ("∂L/∂W = GᵀX\n", "")
    main([STUDENT, "W", "--notation", "both", "--format", "latex", "--steps", "full", "--width", "40"])
    assert engine.shown == ("both", {"format": "latex", "steps": "full", "width": 40})


def test_input_from_a_file_and_from_standard_input(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ridge.gp"
    file.write_text("Y = X*W'\nL(Y)\n", encoding="utf-8")
    assert main([f"@{file}", "W"]) == 0
    assert engine.asked == ("Y = X*W'\nL(Y)", "W")
    monkeypatch.setattr("sys.stdin", io.StringIO("sum(x)\n"))
    assert main(["-", "x"]) == 0
    assert engine.asked == ("sum(x)", "x")


def test_output_to_a_file(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answer.txt"
    assert main([STUDENT, "W", "-o", str(file)]) == 0
    assert file.read_bytes() == "∂L/∂W = GᵀX\n".encode()
    assert capsys.readouterr().out == ""
    assert main([STUDENT, "W", "-o", str(tmp_path / "no" / "where")]) == 2
    assert "error[GP330]: cannot write" in capsys.readouterr().err


def test_the_only_name_is_the_variable(engine: Engine) -> None:
    engine.names = {"x": name("x", ())}
    assert main(["sum(x)"]) == 0
    assert engine.asked == ("sum(x)", "x")
    engine.names = {"a": name("a", (), ("constant",)), "x": name("x", ())}
    assert main(["a*sum(x)"]) == 0
    assert engine.asked == ("a*sum(x)", "x")


def test_two_names_are_a_question(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([STUDENT]) == 2
    assert capsys.readouterr().err == (
        "error[GP321]: with respect to what? the expression has X and W\n"
        'help: gradproof "L(X*W\')" X\n'
        'help: gradproof "L(X*W\')" W\n'
    )
    engine.names = {}
    assert main(["1 + 2"]) == 2
    assert "the expression has no names" in capsys.readouterr().err


BAD = [
    (["f", "x", "-s", "Xmn"], '"-s Xmn" is not a shape'),
    (["f", "x", "--assume", "S"], '"--assume S" does not say what is assumed'),
    (["@/no/such/file", "x"], "cannot read /no/such/file: No such file or directory"),
    (["f", "x", "--kind", "gradent"], "'gradent' is not one of"),
    (["f", "x", "--notatoin", "index"], "No such option"),
    (["rules", "frob-lef"], 'no rule, operator or code is called "frob-lef"'),
    (["code", "f", "x", "--to", "fortran"], "'fortran' is not one of"),
]


@pytest.mark.parametrize("typed, said", BAD, ids=[" ".join(typed) for typed, _ in BAD])
def test_bad_input(engine: Engine, capsys: pytest.CaptureFixture[str], typed: list[str], said: str) -> None:
    assert main(typed) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err


STATUS = [
    (errors.ParseError("p", code="GP101"), 2),
    (errors.ShapeError("s", code="GP201"), 2),
    (errors.NameProblem("n", code="GP301"), 2),
    (errors.MathError("m", code="GP401"), 2),
    (errors.UnsupportedError("u", code="GP501"), 4),
    (errors.LimitError("l", code="GP701"), 5),
    (errors.InternalError("i", code="GP902"), 70),
    (errors.VerdictError("v", code="GP601"), 70),
    (ZeroDivisionError("division by zero"), 70),
    (RecursionError("too deep"), 70),
    (KeyboardInterrupt(), 130),
]


@pytest.mark.parametrize("problem, status", STATUS, ids=[type(problem).__name__ for problem, _ in STATUS])
def test_status_of_a_problem(
    engine: Engine, capsys: pytest.CaptureFixture[str], problem: BaseException, status: int
) -> None:
    engine.problem = problem
    assert main([STUDENT, "W"]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "grade, status", [("proved", 0), ("tested", 0), ("sampled", 0), ("refuted", 1), ("unknown", 3)]
)
def test_status_of_a_verdict(engine: Engine, grade: str, status: int) -> None:
    engine.grade = grade
    assert main([STUDENT, "W"]) == status


def test_a_bug_shows_the_text_that_caused_it(
    engine: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.problem = ZeroDivisionError("division by zero")
    main([STUDENT, "W"])
    assert capsys.readouterr().err.splitlines()[:2] == [
        "error[GP901]: this is our bug, not yours (ZeroDivisionError: division by zero)",
        "  L(X*W')",
    ]
    monkeypatch.setenv("GRADPROOF_DEBUG", "1")
    assert main([STUDENT, "W"]) == 70
    assert capsys.readouterr().err.startswith("Traceback")


def test_warnings_go_to_standard_error(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.warnings = (
        errors.NameProblem(
            "B does not occur in the expression, so its gradient is 0",
            code="GP320",
            source="norm2(A*x-b)^2",
            fixes=("did you mean b ?",),
        ),
    )
    assert main(["norm2(A*x-b)^2", "B"]) == 0
    assert capsys.readouterr() == (
        "∂L/∂W = GᵀX\n",
        "warning[GP320]: B does not occur in the expression, so its gradient is 0\n"
        "  norm2(A*x-b)^2\n"
        "help: did you mean b ?\n",
    )


class Screen(io.TextIOWrapper):
    """A standard output with an encoding of its own."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def read_back(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


def test_a_screen_without_unicode_gets_ascii(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = Screen("latin-1"), Screen("ascii")
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", err)
    assert main([STUDENT, "W"]) == 0
    assert out.read_back() == "dL/dW = G'*X (ascii)\n"
    engine.problem = errors.ShapeError("W is m×k", code="GP201")
    assert main([STUDENT, "W"]) == 2
    assert err.read_back() == "error[GP201]: W is m x k\n"


def test_shapes(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shapes", STUDENT, "-s", "X=m,n", "--where", "W: k×n"]) == 0
    assert engine.asked == (STUDENT, {"X": ("m", "n")}, {}, "W: k×n")
    assert capsys.readouterr().out == "tree of L(X*W')\n"


def test_code(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", STUDENT, "W", "--to", "numpy"]) == 0
    assert capsys.readouterr().out == "# numpy\n"


def test_a_rule(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "frob-left"]) == 0
    assert capsys.readouterr().out == (
        "frob-left         a left factor crosses “:” transposed\n"
        "                  C:(A*B) = (A'*C):B\n"
        "                  because in Σ C_ij A_ik B_kj the sum over i joins A and C by their first index, so "
        "A enters transposed\n"
    )
    assert main(["rules", "inv", "--format", "markdown"]) == 0
    assert capsys.readouterr().out == (
        "| word | what it is | differential | where |\n"
        "| --- | --- | --- | --- |\n"
        "| `inv` | inverse | `dY = -Y*dX*Y` | X is invertible |\n"
    )


def test_the_rule_book(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Rules\n=====\n")
    assert "\nOperators\n=========\n" in out
    assert "tanh              \n" not in out
    assert main(["rules", "--part", "operators", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert "| `tanh` |  | `dY = (1 - Y.^2) .* dX` |  |" in out
    assert "|{X}|" not in out and r"\|X\| < 1" in out


def test_help_begins_with_the_students_question(capsys: pytest.CaptureFixture[str]) -> None:
    for typed in ([], ["--help"], ["-h"]):
        assert main(typed) == 0
        out = capsys.readouterr().out
        assert out.index('gradproof "L(X*W\')" W ') < out.index("gradproof check")
        assert "Exit status: 0 done, 1 refuted, 2 bad input" in out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "gradproof, version 0.1.0\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"_GRADPROOF_COMPLETE={shell}_complete" in script
    monkeypatch.setenv("_GRADPROOF_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", "gradproof sha")
    monkeypatch.setenv("COMP_CWORD", "1" if shell != "fish" else "sha")
    assert main([]) == 0
    assert "shapes" in capsys.readouterr().out


def test_a_closed_pipe_ends_quietly() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    program = "from gradproof.faces.cli.main import main; raise SystemExit(main(['--help']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": SRC},
        check=False,
    )
    os.close(theirs)
    assert (done.stderr, done.returncode) == (b"", 141)


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        (["check", "--from", "latex", r"\|x\|^2", "x", "2*x"], 0, "right"),
        (["check", "--from", "index", "A_ij x_i x_j", "x", "(A + A')*x"], 0, "right"),
        (["check", "tr(S*A)", "S", "(A + A')/2", "--where", "S: n×n symmetric", "--structure", "constrained"],
         0, "right"),
        (["solve", "--from", "index", "x_i x_i - b_i x_i", "x"], 0, "stationary where"),
        (["code", "A*x", "x", "--kind", "jacobian", "--layout", "denominator", "--to", "numpy"], 0, "A.T"),
        (["hint", "tanh(A*x)", "x", "--kind", "jacobian", "--step", "4"], 0, "before dx is the Jacobian"),
        (["hint", "X*X'", "X", "--kind", "jacobian", "--step", "3"], 0, "entries are the Jacobian"),
        (["hint", "|x|", "x", "--bars", "norm", "--step", "3"], 0, "before dx is the gradient"),
        (["rules", "GP201"], 0, "two factors cannot be multiplied"),
        (["chek", "x'*x", "x"], 2, 'no command is called "chek"'),
    ],
)  # fmt: skip
def test_options_hold_for_every_command(
    capsys: pytest.CaptureFixture[str], typed: list[str], status: int, said: str
) -> None:
    assert main(typed) == status
    assert said in "".join(capsys.readouterr())


def test_commands_are_listed_as_one_comes_to_need_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.split("Commands:\n")[1].split("\n")
    names = [line.split()[0] for line in listed if line]
    assert names[:3] == ["derive", "check", "hint"]
    assert names[-1] == "completion"
    assert not any(line.endswith("...") for line in listed)


@pytest.mark.parametrize(
    ("redirection", "status", "said"),
    [
        (">/dev/full", 2, "error[GP330]: cannot write the output: No space left on device"),
        (">&-", 2, "error[GP330]: standard output is closed"),
        ("2>&- >/dev/null", 0, ""),
    ],
)
def test_outputs_that_cannot_be_written(redirection: str, status: int, said: str) -> None:
    """A full disk or a closed stream is nobody's bug: one sentence, no traceback."""
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    done = subprocess.run(
        f'"{sys.executable}" -m gradproof "L(X*W\')" W {redirection}',
        shell=True,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr.strip()) == (status, said)
    closed = subprocess.run(
        f'"{sys.executable}" -m gradproof check - <&-', shell=True, capture_output=True, text=True
    )
    assert (closed.returncode, "Traceback" in closed.stderr, "GP104" in closed.stderr) == (2, False, True)
