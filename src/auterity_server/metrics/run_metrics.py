"""Counts what happens in the runs of an environment, as it is recorded."""

from __future__ import annotations

from auterity_sdk.runs import events as e
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.observing import step_words
from auterity_server.metrics.metrics import Metrics

_MOST_ATTEMPTS = 10_000
"""The beginnings of so many attempts are remembered; the time of others is not told."""

_Key = tuple[str, str]


class RunMetrics:
    """Told of each event of an environment's runs, as an observer of their runtime."""

    def __init__(self, metrics: Metrics, environment: str) -> None:
        self._metrics = metrics
        self._environment = environment
        self._began: dict[_Key, int] = {}
        self._settled: set[_Key] = set()

    def saw(self, run_id: str, event: e.Event, state: RunState) -> None:
        """Told of an event, with the state after it."""
        workflow, here, metrics = state.plan.name, self._environment, self._metrics
        match event:
            case e.StepStarted() | e.AttemptStarted():
                self._begin((run_id, event.step), event.at)
            case e.StepEnded():
                self._step_ended(run_id, event, state)
            case e.AttemptEnded():
                self._attempt_ended((run_id, event.step), "failed", event.at, state)
            case e.AttemptLost():
                self._attempt_ended((run_id, event.step), "lost", event.at, state)
            case e.StepUncertain():
                self._attempt_ended((run_id, event.step), "uncertain", event.at, state)
            case e.StepSettled():
                self._settled.add((run_id, event.step))
            case e.CompensationEnded():
                outcome = "ok" if event.error is None else "failed"
                metrics.compensations.of(here, workflow, outcome).inc()
            case e.GuaranteeBreached():
                metrics.breaches.of(here, workflow).inc()
            case e.RunStarted():
                metrics.runs_started.of(here, workflow).inc()
            case e.RunEnded():
                metrics.runs_ended.of(here, workflow, event.status).inc()
                metrics.run_time.of(here, workflow).observe(_seconds(state.started_at, event.at))
            case _:
                return

    def _begin(self, key: _Key, at: int) -> None:
        if len(self._began) >= _MOST_ATTEMPTS:
            del self._began[next(iter(self._began))]
        self._began[key] = at
        self._settled.discard(key)

    def _step_ended(self, run_id: str, event: e.StepEnded, state: RunState) -> None:
        run = state.run_of(event.step)
        if run is None:
            return
        words = step_words(state, event.step)
        kind = words.get("uses", words["kind"])
        here, key = self._environment, (run_id, event.step)
        self._metrics.steps_ended.of(here, state.plan.name, kind, event.outcome).inc()
        taken = _seconds(run.started_at, event.at)
        self._metrics.step_time.of(here, kind).observe(taken)
        if "uses" in words and run.attempt and event.origin is None and key not in self._settled:
            outcome = "ok" if event.error is None else "failed"
            self._attempt_ended(key, outcome, event.at, state)
        self._began.pop(key, None)
        self._settled.discard(key)

    def _attempt_ended(self, key: _Key, outcome: str, at: int, state: RunState) -> None:
        kind = step_words(state, key[1]).get("uses", "call")
        self._metrics.attempts.of(self._environment, kind, outcome).inc()
        began = self._began.pop(key, None)
        if began is not None and outcome != "lost":
            self._metrics.attempt_time.of(self._environment, kind).observe(_seconds(began, at))


def _seconds(began: int, ended: int) -> float:
    return max(0, ended - began) / 1000
