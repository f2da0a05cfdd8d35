"""A derivation, whatever was asked for: it shows, proves and runs itself.

What all kinds share is here; `gradient` and `jacobian` know how an answer is found and told.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self

from gradproof.calculus.differential import Condition
from gradproof.derivation.story.claims import Claim
from gradproof.derivation.story.model import Step, Story
from gradproof.derivation.story.provenance import origin
from gradproof.errors import GradproofError, NameProblem
from gradproof.expressions.nodes import Expr
from gradproof.expressions.program import Program
from gradproof.expressions.walk import postorder, rebuild
from gradproof.operators.build import construct
from gradproof.session.question import Asked
from gradproof.verdicts import Verdict

if TYPE_CHECKING:
    from gradproof.derivation.exchange.json import Towards
    from gradproof.rendering.page.model import Document

Key = str | tuple[str, str]
Definitions = tuple[tuple[Expr, Expr], ...]


class Result:
    """An answer: an expression, with the definitions of the names it uses.

    str gives text in the language that parses back: the definitions first, where there are any.
    """

    def __init__(self, derivation: Derivation, expr: Expr) -> None:
        self._derivation = derivation
        self.expr = expr
        self.definitions = derivation.definitions_of(expr)

    @property
    def shape(self) -> tuple[str | int, ...]:
        """Sizes of the axes: () scalar, ("n",) vector, ("m", "n") matrix, or more."""
        return self.expr.shape

    @property
    def derivation(self) -> Derivation:
        """Where the answer comes from."""
        return self._derivation

    @property
    def key(self) -> Key:
        """Of which variables it is the answer."""
        return next(key for key, e in self._derivation.answers.items() if e is self.expr)

    def program(self) -> Program:
        """The answer as something to derive again: its definitions are statements, and so are the gradients
        of unknown functions."""
        made = self._derivation
        known = made.meanings()
        names = {str(e): e for e in made._inputs() if e not in known}
        before = made.program
        understood = {text: before.understood.get(text, "declared") for text in names}
        return Program(str(self), in_order(known, [self.expr]), self.expr, "", names, understood)

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


def in_order(known: Mapping[Expr, Expr], roots: Iterable[Expr]) -> Definitions:
    """The names that expressions use, directly or not, with what they stand for; each after those it uses."""
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


class Way(Protocol):
    """The steps from our answer to a person's: whoever finds them hands them in."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """One rewriting each."""

    def document(self, language: bool) -> Document:
        """The steps, below the derivation."""

    def data(self) -> Towards:
        """The steps as data."""


class Derivation(ABC):
    """A derived derivative, its steps and its proof.

    kind        "gradient", "jacobian", "hessian", "differential", "jvp", "vjp" or "hvp"
    layout      how the result's axes are laid out: see `result`
    variables   what it is differentiated by
    result      the answer. A gradient has the variable's axes; a Jacobian the objective's, then the
                variable's; a Hessian the variable's twice; in another layout where one was asked for
    steps       the steps of the derivation in Frobenius notation, each with its verdict
    verdict     the weakest verdict: "proved" means for all sizes
    conditions  where the result holds, as texts
    way         the steps to an answer in another form, where one was given
    asked       the question, from which its result is found again where a variable lacks its structure
    warnings    what the person should know about the question: GradproofErrors that were not raised
    """

    program: Program
    kind: str
    layout: str
    variables: tuple[Expr, ...]
    steps: tuple[Step, ...]
    verdict: Verdict
    conditions: tuple[str, ...]
    warnings: tuple[GradproofError, ...]
    way: Way | None = None
    asked: Asked | None = None

    def asked_as(self, asked: Asked) -> Self:
        """This derivation with the question it answers, so that it can be asked anew."""
        self.asked = asked
        return self

    # ---- what a kind has to say

    @property
    @abstractmethod
    def answers(self) -> Mapping[Key, Expr]:
        """The results, by the name of the variable (of both, for second derivatives)."""

    @abstractmethod
    def _answers(self, layout: str) -> Mapping[Key, Expr]:
        """The results in some layout."""

    @abstractmethod
    def __getitem__(self, variable: Key) -> Derivation:
        """The derivation for one of the variables."""

    @abstractmethod
    def story(self, notation: str = "frobenius") -> Story:
        """The derivation as data, in one notation: "frobenius" or "index"."""

    @abstractmethod
    def _known(self) -> Mapping[Expr, Expr]:
        """What names in the answers stand for."""

    @abstractmethod
    def _inputs(self) -> tuple[Expr, ...]:
        """The names that code for the answers takes as arguments."""

    @abstractmethod
    def _where(self) -> tuple[Condition, ...]:
        """The conditions, with their expressions apart."""

    @property
    @abstractmethod
    def _value(self) -> Expr:
        """The objective, for code that returns its value as well."""

    # ---- the names a person may use in an answer of their own

    def vocabulary(self) -> Mapping[Expr, Expr]:
        """Every name that the derivation introduced or was given, with what it stands for."""
        return self._known()

    def unknown(self) -> Mapping[Expr, Expr]:
        """The names of the gradients of unknown functions: G, with what it means."""
        return {}

    def meanings(self) -> dict[Expr, Expr]:
        """What every name that is no input stands for."""
        return {**self.vocabulary(), **self.unknown()}

    # ---- the answer

    @property
    def result(self) -> Result:
        """The answer. Raises NameProblem where several variables were asked for."""
        if len(self.answers) != 1:
            asked = ", ".join(", ".join(key) if isinstance(key, tuple) else key for key in self.answers)
            raise NameProblem(f'several variables were asked for ({asked}): take d["W"].result', code="GP305")
        return Result(self, next(iter(self.answers.values())))

    def definitions_of(self, *roots: Expr) -> Definitions:
        """The definitions (statements, adjoints, abbreviations) that expressions use, in order of use."""
        return in_order(self._known(), roots)

    # ---- telling

    def show(
        self, notation: str = "frobenius", format: str = "text", steps: str = "short", width: int = 100
    ) -> str:
        """The derivation for reading.

        notation  "frobenius", "index" or "both"
        format    "text", "ascii", "latex", "markdown", "html", "typst" or "json"
        steps     "none", "short" or "full"
        """
        if format == "json":
            return self.to_json()
        from gradproof.rendering.formats import write

        return write(self.document(notation, format, steps), format, width)

    def document(self, notation: str = "frobenius", format: str = "text", steps: str = "short") -> Document:
        """The same as a document, for a format; the notations and steps are those of `show`."""
        from gradproof.rendering.formats import format_named
        from gradproof.rendering.page.show import told, told_both

        if notation == "both":
            page = told_both(self.story("frobenius"), self.story("index"), format, steps)
        else:
            page = told(self.story(notation), notation, format, steps, self.steps)
        return page if self.way is None else (*page, *self.way.document(format_named(format).plain))

    def to_json(self) -> str:
        """The derivation as JSON, by the schema in derivation/schema.json."""
        from gradproof.derivation.exchange.json import dump_story

        text: str = dump_story(
            self.story(), self.steps, towards=None if self.way is None else self.way.data()
        )
        return text

    @abstractmethod
    def _claims(self) -> list[Claim]:
        """What is claimed, for a certificate."""

    def certificate(self) -> dict[str, Any]:
        """What `gradproof verify` needs to check every step without searching, as JSON data.

        The answers in it have the axes of the objective first, whichever layout was asked for.
        """
        from gradproof.derivation.certificate.write import certificate

        return certificate(self.program.source, _named(self._answers("gradient")), self._claims())

    def __str__(self) -> str:
        return self.show()

    # ---- running

    def _outputs(self) -> tuple[tuple[str, Expr], ...]:
        return tuple(_named(self.answers).items())

    def _needed(self, value: bool) -> Definitions:
        return self.definitions_of(*self.answers.values(), *([self._value] if value else []))

    def _runnable(
        self, value: bool
    ) -> tuple[Definitions, tuple[tuple[str, Expr], ...], tuple[Expr, ...], Expr | None, str]:
        """Definitions, outputs, inputs and value for code. A name that an equation defines is an input: the
        code does not solve the equation."""
        needed = self._needed(value)
        given = {named: meaning.args[1] for named, meaning in needed if meaning.op == "root"}

        def inserted(e: Expr) -> Expr:
            return rebuild(e, given, construct)

        definitions = tuple((named, inserted(meaning)) for named, meaning in needed if named not in given)
        outputs = tuple((text, inserted(e)) for text, e in self._outputs())
        return definitions, outputs, self._inputs(), inserted(self._value) if value else None, self.kind

    def code(self, target: str = "numpy", value: bool = False) -> str:
        """The source of a module with one function that computes the result. Raises UnsupportedError (GP503)
        for a target that there is not, and for what cannot be computed."""
        from gradproof.codegen.compile import source

        return source(*self._runnable(value), target)

    def compile(self, target: str = "numpy", value: bool = False) -> Callable[..., Any]:
        """A function of the arrays by name: f(X=…, W=…, T=…) -> array of the result's shape.

        Sizes are read from the arrays; those that no array fixes are keyword arguments. Several
        variables: a dict by name. value=True: (objective, result). Raises ShapeError by name.
        """
        from gradproof.codegen.compile import compile as compiled

        return compiled(*self._runnable(value), target)


def _named(answers: Mapping[Key, Expr]) -> dict[str, Expr]:
    return {", ".join(key) if isinstance(key, tuple) else key: e for key, e in answers.items()}
