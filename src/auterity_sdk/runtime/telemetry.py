"""OpenTelemetry: a span for each step and each run, and metrics. Only its API is used; an application sets up the rest."""

from __future__ import annotations

import hashlib
from typing import Any

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runs import events as e
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.state import RunState, StepRun
from auterity_sdk.runtime.observing import Masks, Traces, step_words

try:
    from opentelemetry import metrics, trace
    from opentelemetry.context import Context
    from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags
except ImportError:
    raise ConfigurationError(
        "[telemetry] otel is on, and opentelemetry-api is not installed",
        help="pip install 'auterity[otel]', or turn it off",
    ) from None

SCOPE = "auterity"
"""The name of the tracer and of the meter."""

_MILLION = 1_000_000


class Telemetry:
    """Makes spans and metrics of the events of runs. Values of inputs and outputs are in neither.

    All spans of a run, and of the runs that it calls, have one trace, whose id follows from the run's: so processes
    that carry a run on one after the other add to one trace.
    """

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._tracer = trace.get_tracer(SCOPE)
        meter = metrics.get_meter(SCOPE)
        self._runs = meter.create_counter("auterity.runs.ended", "{run}", "Runs that ended.")
        self._steps = meter.create_counter("auterity.steps.ended", "{step}", "Steps that ended.")
        self._attempts = meter.create_counter(
            "auterity.attempts.failed",
            "{attempt}",
            "Attempts that failed, and were followed by another.",
        )
        self._doubts = meter.create_counter(
            "auterity.steps.uncertain",
            "{step}",
            "Steps that may have had their effect, and wait for a person who settles them.",
        )
        self._breaches = meter.create_counter(
            "auterity.guarantees.breached", "{breach}", "Guarantees that were not kept in time."
        )
        self._run_time = meter.create_histogram("auterity.run.duration", "s", "How long runs took.")
        self._step_time = meter.create_histogram(
            "auterity.step.duration", "s", "How long steps took, retries included."
        )
        self._failed: dict[tuple[str, str], list[e.AttemptEnded]] = {}
        self._traces = Traces()

    def saw(self, run_id: str, event: e.Event, state: RunState) -> None:
        """Told of an event, with the state after it."""
        match event:
            case e.AttemptEnded():
                self._failed.setdefault((run_id, event.step), []).append(event)
                words = self._words(state, event.step, "uses")
                self._attempts.add(1, {**words, "error.type": event.error.type})
            case e.StepEnded():
                run = state.run_of(event.step)
                if run is not None:
                    self._step_ended(run_id, event, state, run)
            case e.StepUncertain():
                words = self._words(state, event.step, "uses")
                self._doubts.add(1, {**words, "error.type": event.error.type})
            case e.GuaranteeBreached():
                words = {
                    "auterity.workflow": state.plan.name,
                    "auterity.guarantee": event.guarantee,
                }
                self._breaches.add(1, words)
            case e.RunEnded():
                self._run_ended(run_id, event, state)
            case _:
                return

    def _step_ended(self, run_id: str, event: e.StepEnded, state: RunState, run: StepRun) -> None:
        words = self._words(state, event.step, "uses", "kind") | {"auterity.outcome": event.outcome}
        self._steps.add(1, words)
        self._step_time.record((event.at - run.started_at) / 1000, words)
        attributes = self._run_words(run_id, state) | self._words(
            state, event.step, "uses", "kind", "attempt"
        )
        attributes |= {"auterity.step": event.step, "auterity.outcome": event.outcome}
        span = self._span(f"step {event.step}", run_id, state, run.started_at, attributes)
        for attempt in self._failed.pop((run_id, event.step), ()):
            told = self._error_words(state, attempt.error)
            span.add_event("attempt failed", told, attempt.at * _MILLION)
        self._end(span, event, state)

    def _run_ended(self, run_id: str, event: e.RunEnded, state: RunState) -> None:
        words = {"auterity.workflow": state.plan.name, "auterity.status": event.status}
        self._runs.add(1, words)
        self._run_time.record((event.at - state.started_at) / 1000, words)
        attributes = self._run_words(run_id, state) | {"auterity.status": event.status}
        if event.end:
            attributes["auterity.end"] = event.end
        name = f"run {state.plan.name}"
        span = self._span(name, run_id, state, state.started_at, attributes)
        for breach in state.breaches:
            told = {"auterity.guarantee": breach.guarantee, "auterity.scope": breach.scope}
            span.add_event("guarantee breached", told, breach.at * _MILLION)
        self._end(span, event, state)
        for key in [key for key in self._failed if key[0] == run_id]:
            del self._failed[key]
        self._traces.forget(run_id)

    def _span(
        self, name: str, run_id: str, state: RunState, start: int, attributes: dict[str, Any]
    ) -> trace.Span:
        context = self._context(run_id, state)
        return self._tracer.start_span(
            name, context, attributes=attributes, start_time=start * _MILLION
        )

    def _end(self, span: trace.Span, event: e.StepEnded | e.RunEnded, state: RunState) -> None:
        if event.error is not None:
            words = self._error_words(state, event.error)
            span.set_attributes(words)
            span.set_status(Status(StatusCode.ERROR, words["error.message"]))
        span.end(event.at * _MILLION)

    def _context(self, run_id: str, state: RunState) -> Context:
        of_run = hashlib.sha256(f"auterity span\0{run_id}".encode()).digest()
        parent = SpanContext(
            self._traces.of(run_id, state),
            int.from_bytes(of_run[:8]),
            is_remote=True,
            trace_flags=TraceFlags(TraceFlags.SAMPLED),
        )
        return trace.set_span_in_context(NonRecordingSpan(parent), Context())

    def _error_words(self, state: RunState, error: Failure) -> dict[str, str]:
        return {"error.type": error.type, "error.message": self._masks.error(state, error)}

    @staticmethod
    def _run_words(run_id: str, state: RunState) -> dict[str, str]:
        words = {
            "auterity.run_id": run_id,
            "auterity.workflow": state.plan.name,
            "auterity.version": state.version,
        }
        return words | ({"auterity.parent_run": state.parent_run} if state.parent_run else {})

    @staticmethod
    def _words(state: RunState, step: str, *names: str) -> dict[str, Any]:
        known = step_words(state, step)
        words = {f"auterity.{name}": known[name] for name in names if name in known}
        return {"auterity.workflow": state.plan.name, **words}
