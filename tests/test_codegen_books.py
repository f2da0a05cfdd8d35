"""The books' problems and published answers, read, compiled and run against the records' own code."""

from typing import Any

import numpy as np
import pytest

import judge
from gradproof.codegen import compile as run
from gradproof.elaboration.read import read
from gradproof.errors import UnsupportedError

TEXTS = [
    pytest.param(record, field, id=f"{record['id']}-{field}")
    for record in judge.books()
    for field in ("expr", "answer")
    if record[field]
]


def compiled(record: dict[str, Any], text: str) -> Any:
    shapes = {name: tuple(sizes) for name, sizes in record["vars"].items()}
    program = read(text, shapes=shapes, assume=record.get("props") or {})
    return run.compile(program.statements, (("f", program.objective),), tuple(program.names.values()))


def vec_form(derivative: Any, by: int) -> Any:
    """Columns stacked: the size of the objective by the size of the variable."""
    rows, columns = derivative.shape[:-by], derivative.shape[-by:]
    flat = derivative.reshape(*rows, -1, order="F") if by > 1 else derivative
    assert len(columns) == by
    return flat.reshape(-1, flat.shape[-1], order="F")


@pytest.mark.parametrize(("record", "field"), TEXTS)
def test_texts_run(record: dict[str, Any], field: str) -> None:
    arguments = judge.sample(record)
    try:
        function = compiled(record, record[field])
    except UnsupportedError as error:
        pytest.skip(f"{error.code} {error}")
    try:
        got = function(**arguments)
    except TypeError:
        got = function(**arguments, **record["dims"])
    if field == "expr":
        want = np.asarray(judge.objective(record, arguments)(arguments[record["wrt"]]))
    else:
        want = judge.derivative(record, arguments)
        if got.ndim == 2 < want.ndim:
            want = vec_form(want, len(record["vars"][record["wrt"]]))
    assert got.shape == want.shape
    assert judge.close(got, want) == (field == "expr" or record["answer_ok"])
