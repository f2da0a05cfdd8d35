"""The Python face: `derive` from text to a Derivation that shows, proves and runs itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradproof.derivation import claims
from gradproof.derivation.components import Components, by_components
from gradproof.derivation.engine import Derived, Engine
from gradproof.derivation.narrate import Narrator
from gradproof.derivation.origin import origin
from gradproof.derivation.present import Answer, present
from gradproof.derivation.story import Step, Story
from gradproof.errors import (
    GradproofError,
    InternalError,
    LimitError,
    MathError,
    NameProblem,
    ParseError,
    UnsupportedError,
)
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import depth, postorder
from gradproof.faces.judge import Judge
from gradproof.operators.build import spell
from gradproof.operators.elaborate import read
from gradproof.proof.context import Context
from gradproof.proof.referee import Referee
from gradproof.verdicts import Verdict, weakest

if TYPE_CHECKING:
    from gradproof.faces.handles import Handle

Shapes = Mapping[str, Sequence[str | int]]
KINDS = ("gradient",)
LAYOUTS = ("gradient", "denominator")
LATER = ("differential", "jacobian", "hessian", "hvp", "jvp", "vjp")
DEEPEST = 200  # operators inside one another; the text reader stops at 100
UNJUDGED = Verdict("unknown", "nobody was asked to prove it")


class Result:
    """An answer: an expression, with the definitions of the names it uses.

    str gives text in the language that parses back: the definitions first, where there are any.
    """

    def __init__(self, derivation: Derivation, variable: Expr) -> None:
        self._derivation = derivation
        self._variable = variable
        self.expr = derivation.answer.gradients[variable]
        self.definitions = derivation.definitions_of(self.expr)

    @property
    def shape(self) -> tuple[str | int, ...]:
        """Sizes of the axes: () scalar, ("n",) vector, ("m", "n") matrix."""
        return self.expr.shape

    def origin(self, symbol: str) -> Step | None:
        """The step that made a symbol of the answer: "T" (or "'"), "diag", "sum", "δ", a number, …

        None where the symbol does not occur in the answer. Where it occurs more than once, the step
        that made it first.
        """
        return origin(self._derivation.steps, self.expr, symbol)

    def __str__(self) -> str:
        return "; ".join([*(f"{new} = {value}" for new, value in self.definitions), str(self.expr)])

    def __repr__(self) -> str:
        return f"<Result {self}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Result) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class Derivation:
    """A derived gradient, its steps and its proof.

    result      the gradient, with the shape of the variable (layout "gradient")
    steps       the steps of the derivation in Frobenius notation, each with its verdict
    verdict     the weakest verdict: "proved" means for all sizes
    conditions  where the result holds, as texts
    warnings    what the person should know about the question: GradproofErrors that were not raised
    """

    def __init__(
        self, program: Program, derived: Derived, answer: Answer, variables: tuple[Expr, ...],
        gradient: Callable[[Expr, int], Expr],
        judge: Judge | None, layout: str = "gradient",
    ) -> None:  # fmt: skip
        self.program = program
        self.derived = derived
        self.answer = answer
        self.variables = variables
        self.layout = layout
        self.kind = "gradient"
        self._gradient = gradient
        self._judge = judge
        self._told = Narrator(program, derived, answer, judge or (lambda claim: UNJUDGED))
        self._sections, found = self._told.frobenius()
        self.steps: tuple[Step, ...] = tuple(found)
        self.conditions = tuple(condition.said() for condition in derived.conditions)
        self.warnings = (*program.warnings, *_absent(program, variables), *_kinks(program, derived))
        self.verdict = self._verdict()

    def _verdict(self) -> Verdict:
        if self._judge is None:
            return UNJUDGED
        steps = weakest([step.verdict for step in self.steps] or [Verdict("proved", "nothing varies")])
        whole = self._judge.whole(self.derived, self.answer, self.variables)
        for verdict in (steps, whole):
            if verdict.grade == "refuted":
                raise InternalError(
                    f"a step or the answer was refuted, so nothing is shown: {verdict.reason}", code="GP901"
                )
        if (steps.grade, whole.grade) == ("proved", "tested"):
            return Verdict("proved", f"every step is true for all sizes; the whole {whole.reason}")
        return weakest([steps, whole])

    # ---- the answer

    @property
    def result(self) -> Result:
        """The gradient. Raises NameProblem where several variables were asked for."""
        if len(self.variables) != 1:
            asked = ", ".join(str(v) for v in self.variables)
            raise NameProblem(f'several variables were asked for ({asked}): take d["W"].result', code="GP305")
        return Result(self, self.variables[0])

    def __getitem__(self, variable: str) -> Derivation:
        """The derivation for one of the variables."""
        for v in self.variables:
            if str(v) == variable:
                return Derivation(
                    self.program, self.derived, self.answer, (v,), self._gradient, self._judge, self.layout
                )
        raise NameProblem(f"{variable} is not among the variables", code="GP305")

    def definitions_of(self, *roots: Expr) -> tuple[tuple[Expr, Expr], ...]:
        """The definitions (statements, adjoints, abbreviations) that expressions use, in order of use."""
        known = {**dict(self.derived.statements), **dict(self.answer.definitions)}
        done: dict[Expr, Expr] = {}
        todo = [node for root in roots for node in postorder([root]) if node in known]
        while todo:
            new = todo[-1]
            needs = [n for n in postorder([known[new]]) if n in known and n not in done]
            if needs:
                todo.extend(needs)
                continue
            todo.pop()
            done[new] = known[new]
        return tuple(done.items())

    # ---- telling

    def story(self, notation: str = "frobenius") -> Story:
        """The derivation as data, in one notation."""
        if notation == "frobenius":
            return self._told.story(self._sections, self.verdict, self.variables)
        if notation == "index":
            sections, steps = self._told.components(self._components())
            verdict = weakest([self.verdict, *(step.verdict for step in steps)])
            return self._told.story(sections, verdict, self.variables)
        raise ParseError(f'no notation "{notation}": frobenius, index or both', code="GP131")

    def _components(self) -> dict[int, Components]:
        """The second strategy, section by section; it must arrive where the first one did."""
        found = {}
        for place, section in enumerate(self.derived.sections):
            made = by_components(section, self._gradient)
            if made.gradient is not section.trace.gradient:
                same = self._same(
                    made.gradient, section.trace.gradient, claims.setting(self.derived, section)
                )
                if same not in ("proved", "tested", "sampled"):
                    raise InternalError(
                        f"the two derivations of {section.target} disagree, so nothing is shown", code="GP902"
                    )
            found[place] = made
        return found

    def _same(self, a: Expr, b: Expr, known: Mapping[Expr, Expr]) -> str:
        return Referee(Context(frozenset(), known)).judge(a, b).grade

    def show(
        self, notation: str = "frobenius", format: str = "text", steps: str = "short", width: int = 100
    ) -> str:
        """The derivation for reading.

        notation  "frobenius", "index" or "both"
        format    "text", "ascii", "latex", "markdown" or "json"
        steps     "none", "short" or "full"
        """
        from gradproof.rendering.story import show, show_both

        if format == "json":
            return self.to_json()
        if notation == "both":
            first, second = self._spelled("frobenius", format), self._spelled("index", format)
            return show_both(first, second, format=format, steps=steps, width=width)
        story = self._spelled(notation, format)
        return show(story, notation, format=format, steps=steps, width=width, trail=self.steps)

    def _spelled(self, notation: str, format: str) -> Story:
        """The story, with the expressions in its conditions set as all others are in plain text."""
        story = self.story(notation)
        if format != "text":
            return story
        from gradproof.rendering.pretty import formula

        return story._replace(conditions=tuple(c.said(formula) for c in self.derived.conditions))

    def to_json(self) -> str:
        """The derivation as JSON, by the schema in derivation/schema.json."""
        from gradproof.derivation.json import dump_story

        text: str = dump_story(self.story(), self.steps)
        return text

    def __str__(self) -> str:
        return self.show()

    # ---- running

    def _outputs(self) -> tuple[tuple[str, Expr], ...]:
        return tuple((str(v), self.answer.gradients[v]) for v in self.variables)

    def _inputs(self) -> tuple[Expr, ...]:
        return (*self.program.names.values(), *self.derived.unknown)

    def _definitions(self, value: bool) -> tuple[tuple[Expr, Expr], ...]:
        roots = [e for _, e in self._outputs()]
        return self.definitions_of(*roots, *([self.derived.objective] if value else []))

    def code(self, target: str = "numpy", value: bool = False) -> str:
        """The source of a module with one function that computes the result."""
        _check_target(target)
        from gradproof.codegen.run import source

        return source(
            self._definitions(value), self._outputs(), self._inputs(),
            value_of=self.derived.objective if value else None,
        )  # fmt: skip

    def compile(self, target: str = "numpy", value: bool = False) -> Callable[..., Any]:
        """A function of the arrays by name: f(X=…, W=…, T=…) -> array of the result's shape.

        Sizes are read from the arrays; those that no array fixes are keyword arguments. Several
        variables: a dict by name. value=True: (objective, gradient). Raises ShapeError by name.
        """
        _check_target(target)
        from gradproof.codegen.run import compile as compile_numpy

        return compile_numpy(
            self._definitions(value), self._outputs(), self._inputs(),
            value_of=self.derived.objective if value else None,
        )  # fmt: skip


def _check_target(target: str) -> None:
    if target != "numpy":
        raise UnsupportedError(f'code for "{target}" is not built yet: numpy', code="GP503")


def derive(
    text: str | Handle, wrt: str | Handle | Iterable[str | Handle], *, shapes: Shapes | None = None,
    assume: Mapping[str, Sequence[str]] | None = None, where: str | None = None,
    kind: str = "gradient", layout: str = "gradient", prove: bool = True,
) -> Derivation:  # fmt: skip
    """Derive the gradient of a scalar expression, with every step proved.

    text    an expression in the language, with statements before it where wanted, or a Python handle
    wrt     the variable, or several: the derivation for each is then d["W"]
    shapes  name -> (), ("n",) or ("m", "n"); what is missing is inferred
    assume  name -> properties, such as {"S": ["symmetric"]}
    where   declarations as text: "X: m×n, S: n×n symmetric"
    prove   False: derive only, with the verdict "unknown"

    >>> print(derive("norm2(A*x - b)^2", "x").result)
    2*A'*(A*x - b)

    Raises a GradproofError: ParseError, ShapeError, NameProblem, MathError, UnsupportedError, LimitError.
    """
    _check_kind(kind, layout)
    if isinstance(text, str):
        program = read(text, shapes=shapes, assume=assume, where=where)
    else:
        program = text.program()
    wanted = [wrt] if isinstance(wrt, str) or not isinstance(wrt, Iterable) else list(wrt)
    variables = tuple(_variable(program, str(w)) for w in wanted)
    if program.objective.axes:
        raise _no_scalar(program)
    if depth(program.objective) > DEEPEST:
        raise LimitError(f"the expression is nested more than {DEEPEST} deep, the limit", code="GP703")
    engine = Engine(program.statements, program.objective, variables, program.names)
    derived = engine.run()
    answer = present(derived)
    return Derivation(
        program, derived, answer, variables, engine.gradient, Judge() if prove else None, layout
    )


def _check_kind(kind: str, layout: str) -> None:
    if kind in LATER:
        raise UnsupportedError(f"{kind} is not built yet; this version derives gradients", code="GP504")
    if kind not in KINDS:
        raise ParseError(f'no kind "{kind}": gradient', code="GP132")
    if layout not in LAYOUTS:
        raise UnsupportedError(f'layout "{layout}" is not built yet: gradient', code="GP504")


def _no_scalar(program: Program) -> MathError:
    """A gradient was asked of an array."""
    e = program.objective
    kind = spell(e) if len(e.axes) == 1 else f"{spell(e)} matrix" if len(e.axes) == 2 else "tensor"
    article = "an" if kind[0] in "aefhilmnorsx" and kind[1:2] in ("-", "×", " ") else "a"
    text = program.source.strip()
    plain = not program.statements and "=" not in text and "where" not in text
    return MathError(
        f"a gradient needs a scalar; {e} is {article} {kind}", code="GP401", source=program.source,
        span=(0, len(program.source)), facts=((None, "L(…) is an unknown loss, norm2(…)^2 its square"),),
        fixes=(f"L({text})", f"norm2({text})^2") if plain else (),
    )  # fmt: skip


def _kinks(program: Program, derived: Derived) -> tuple[GradproofError, ...]:
    """A warning for each norm that the answer divides by."""
    return tuple(
        MathError(
            f"the answer holds only where {condition.said()}",
            code="GP404",
            source=program.source,
            facts=((None, "the norm has no derivative at 0; the result divides by the norm"),),
        )
        for condition in derived.conditions
        if condition.text == "{X} ≠ 0" and condition.about[0].axes
    )


def _absent(program: Program, variables: Iterable[Expr]) -> tuple[GradproofError, ...]:
    """A warning for each variable that nothing depends on."""
    roots = [program.objective, *(body for _, body in program.statements)]
    there = set(postorder(roots))
    known = [str(e) for e in program.names.values() if e in there]
    return tuple(
        NameProblem(
            f"{v} does not occur in the expression, so its gradient is 0",
            code="GP320",
            source=program.source,
            fixes=tuple(f"in {name}" for name in known if name.lower() == str(v).lower()),
        )
        for v in variables
        if v not in there
    )  # fmt: skip


def _variable(program: Program, text: str) -> Expr:
    if text in program.names:
        return program.names[text]
    if any(str(named) == text for named, _ in program.statements):
        raise NameProblem(
            f"{text} is defined by a statement; a gradient is taken by an input", code="GP306",
            source=program.source,
        )  # fmt: skip
    known = ", ".join(program.names)
    near = tuple(f"in {name}" for name in program.names if name.lower() == text.lower())
    raise NameProblem(
        f"{text} does not occur in the expression; its names are {known}", code="GP320", fixes=near
    )
