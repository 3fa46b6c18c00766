"""Who else is told of what happens in runs: logs, spans and metrics. None of them is given a customer's data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.dealership.personal_names import without_looks
from auterity_sdk.runs import events as e
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.state import COMPENSATE, RunState, Status
from auterity_sdk.runtime.classes import Classes, classes_of
from auterity_sdk.runtime.driver import Watcher
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.redaction import Redaction
from auterity_sdk.workflow.signature import Catalog

_MOST_VERSIONS = 1000


def all_of(watchers: Sequence[Watcher]) -> Watcher | None:
    """One watcher that tells these in turn; None where there is none."""
    if len(watchers) < 2:
        return watchers[0] if watchers else None

    def tell(run_id: str, event: e.Event, state: RunState) -> None:
        for watcher in watchers:
            watcher(run_id, event, state)

    return tell


class Masks(Struct, eq=False):
    """Masks errors by what their run holds. Classes are worked out once a version, when an error asks for them."""

    plans: Plans
    catalog: Catalog
    _classes: dict[str, Classes] = field(default_factory=dict)

    def error(self, state: RunState, failure: Failure) -> str:
        """The message of an error of a run, with what is personal masked."""
        classes = self._of(state.version)
        if classes is None:
            return without_looks(failure.message)
        redaction = Redaction(classes)
        redaction.learn(_held(state))
        return redaction.masked_text(failure.message)

    def event(self, state: RunState, event: e.Event) -> e.Event:
        """The event with the message of its error masked."""
        failure = getattr(event, "error", None)
        if not isinstance(failure, Failure):
            return event
        return replace(event, error=replace(failure, message=self.error(state, failure)))

    def _of(self, version: str) -> Classes | None:
        found = self._classes.get(version)
        workflow = self.plans.loaded(version)
        if found is None and workflow is not None:
            if len(self._classes) >= _MOST_VERSIONS:
                self._classes.clear()
            found = self._classes[version] = classes_of(workflow, self.catalog)
        return found


class Traces(Struct, eq=False):
    """The trace of each run: one for a run and all that it calls, whose id follows from that of the outermost.

    So processes that carry a run on one after the other tell of one trace.
    """

    _roots: dict[str, str] = field(default_factory=dict)

    def of(self, run_id: str, state: RunState) -> int:
        """The id of the trace, of 128 bits."""
        parent = state.parent_run
        root = self._roots.setdefault(run_id, self._roots.get(parent, parent or run_id))
        return int.from_bytes(hashlib.sha256(f"auterity trace\0{root}".encode()).digest()[:16])

    def forget(self, run_id: str) -> None:
        """The run is over."""
        self._roots.pop(run_id, None)


def _held(state: RunState) -> Iterator[e.Event]:
    """What a run holds, as the events that brought it."""
    yield e.RunStarted(state.started_at, state.run_id, state.version, state.input)
    for scope in state.ranked:
        for step, run in zip(scope.plan.steps, scope.runs, strict=True):
            if run is None or run.status is Status.NOT_REACHED:
                continue
            path = scope.path(step)
            if run.arguments is not None:
                yield e.StepStarted(run.started_at, path, run.arguments)
            if run.output is not None:
                yield e.StepEnded(run.started_at, path, run.outcome or "", run.output)


def step_words(state: RunState, path: str) -> dict[str, Any]:
    """What is known of a step, without any of its values: its kind, its type, its attempt."""
    _, step = state.place(path.removesuffix(COMPENSATE))
    kind = type(step.work).__name__.lower()
    words: dict[str, Any] = {"kind": "for_each" if kind == "foreach" else kind}
    uses = getattr(step.undo if path.endswith(COMPENSATE) else step.work, "uses", "")
    if uses:
        words["uses"] = uses
    run = state.run_of(path)
    if run is not None and run.attempt:
        words["attempt"] = run.attempt
    return words
