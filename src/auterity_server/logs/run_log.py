"""A line for each event of the runs that are carried on here."""

from __future__ import annotations

import logging

from auterity_sdk.runs import events as e
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.event_log import level_of, line_of
from auterity_sdk.runtime.observing import Masks, Traces
from auterity_server.database.places import Environment
from auterity_server.logs.lines import FIELDS

_LOG = logging.getLogger("auterity.runs")


class RunLog:
    """Told of each event of an environment's runs, as an observer of their runtime."""

    def __init__(self, masks: Masks, environment: Environment) -> None:
        self._masks = masks
        self._traces = Traces()
        self._place = {
            "organisation": environment.organisation_id,
            "environment": environment.id,
        }

    def saw(self, run_id: str, event: e.Event, state: RunState) -> None:
        """Told of an event, with the state after it."""
        level = getattr(logging, level_of(event).upper())
        trace = self._traces.of(run_id, state)
        if _LOG.isEnabledFor(level):
            fields = line_of(run_id, event, state, self._masks)
            # The clock of runs may be another one, and the line has its own time and level.
            fields["at"] = fields.pop("time")
            del fields["level"]
            more = {**fields, **self._place, "trace_id": f"{trace:032x}"}
            _LOG.log(level, "run event", extra={FIELDS: more})
        if isinstance(event, e.RunEnded):
            self._traces.forget(run_id)
