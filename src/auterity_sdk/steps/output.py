"""What a step type gives back: an output object, and the outcome in which it ended."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from auterity_sdk.workflow.builder.edge import OutcomeEdge

T = TypeVar("T", bound="Output")

_OUTCOME = "_outcome"


class Outcome(OutcomeEdge):
    """A named way in which a step ends, declared as a class variable of its `Output`.

    `Dedupe.new(Dedupe(customer_id="c-1"))` marks an output as ended so. In a workflow function, `seen.new`
    is an edge: `with seen.new:` holds the steps that need it. `value=False`: nothing can be read of a step that
    ended so, as of one that failed; what it gives is for the journal alone.
    """

    def __init__(self, description: str = "", *, value: bool = True) -> None:
        super().__init__("")
        self.description = description
        self.value = value

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __call__(self, output: T) -> T:
        """The same output, ended in this outcome. Raises TypeError if its class has no such outcome."""
        if self.name not in outcomes_of(type(output)):
            raise TypeError(f"{type(output).__name__} has no outcome `{self.name}`")
        output.outcome_name = self.name
        return output

    def __repr__(self) -> str:
        return f"Outcome({self.name!r})"


class Output(BaseModel):
    """Base of the outputs of step types. Fields are values; `ClassVar[Outcome]`s are outcomes.

    Without any of its own, the only outcome is `ok`.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)

    ok: ClassVar[Outcome] = Outcome("ended well")
    failed: ClassVar[Outcome] = Outcome("failed after the last attempt")
    skipped: ClassVar[Outcome] = Outcome("`when` was false")
    cancelled: ClassVar[Outcome] = Outcome("was cancelled")
    uncertain: ClassVar[Outcome] = Outcome("nobody knows whether its effect happened")
    done: ClassVar[Outcome] = Outcome("ended in any way")

    # Kept where Pydantic keeps private attributes, so that it is copied and compared as they are; a declared one
    # would be set up for each output that is made, which takes longer than the rest.
    @property
    def outcome_name(self) -> str | None:
        """The outcome that this output was marked with."""
        private = self.__pydantic_private__
        return None if private is None else private.get(_OUTCOME)

    @outcome_name.setter
    def outcome_name(self, name: str) -> None:
        private = {**(self.__pydantic_private__ or {}), _OUTCOME: name}
        object.__setattr__(self, "__pydantic_private__", private)


_COMMON = frozenset({"failed", "skipped", "cancelled", "uncertain", "done"})


@cache
def outcomes_of(output: type[Any]) -> tuple[str, ...]:
    """The outcomes that an output class declares, in order; `ok` alone where it declares none."""
    return tuple(_declared(output)) or ("ok",)


def outcomes_without_value(output: type[Any]) -> tuple[str, ...]:
    """Those of the declared outcomes in which there is nothing to read."""
    return tuple(name for name, outcome in _declared(output).items() if not outcome.value)


def _declared(output: type[Any]) -> dict[str, Outcome]:
    return {
        name: value
        for klass in reversed(output.__mro__)
        if klass is not Output
        for name, value in vars(klass).items()
        if isinstance(value, Outcome) and name not in _COMMON
    }
