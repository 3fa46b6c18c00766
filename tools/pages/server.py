"""The page on the hosted backend: its settings, and the problems that it answers with."""

from __future__ import annotations

import inspect
import re
from typing import Any

from pydantic.fields import FieldInfo

from auterity_sdk.hosted.schemas import problem
from auterity_sdk.hosted.schemas.problem import ProblemCode
from auterity_server.settings import Settings, variable
from tools.pages.tables import table

_CODE = re.compile(r'^    [A-Z_]+ = "([a-z-]+)"  # (.*)$', re.MULTILINE)


def settings() -> str:
    """The variables of the environment."""
    rows = (
        (f"`{variable(name)}`", field.description or "", _default(field))
        for name, field in Settings.model_fields.items()
    )
    return table(("variable", "meaning", "default"), rows)


def problems() -> str:
    """The codes of problems, with their statuses, as the contract tells of them."""
    told = dict(_CODE.findall(inspect.getsource(problem)))
    rows = []
    for code in ProblemCode:
        statuses, _, meaning = told[code.value].partition(":")
        said, _, more = statuses.partition(" ")
        rows.append((f"`{code}`", said if not meaning else statuses, (meaning or more).strip()))
    return table(("code", "status", "when"), rows)


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    match value:
        case None | "" | ():
            return ""
        case _:
            return f"`{value}`"
