"""All metrics of a process, in a registry of its own."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from auterity_sdk import __version__
from auterity_server.metrics.series import Series

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_RUN_TIMES = (0.1, 1, 10, _MINUTE, 10 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 7 * _DAY, 30 * _DAY)
_STEP_TIMES = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, _MINUTE, 10 * _MINUTE, _HOUR, _DAY)
_AGES = (0.1, 0.5, 1, 2, 5, 10, 30, _MINUTE, 5 * _MINUTE, _HOUR, _DAY)
_HTTP_TIMES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_MODEL = ("environment", "provider", "model")


Kind = Literal["counter", "gauge", "histogram"]


class Declared(Struct, frozen=True):
    """A metric as queries name it; of a histogram there are `_bucket`, `_sum` and `_count`."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    meaning: str


class Metrics:
    """The metrics. Each process has its own, and is scraped by itself: sums over processes are Prometheus's."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.declared: list[Declared] = []
        """Those that are the server's own."""
        self._runs()
        self._steps()
        self._standing()
        self._models()
        self._requests()
        self._webhooks()
        self._mail()
        self._process()

    def text(self) -> bytes:
        """All of them as they are now."""
        return generate_latest(self.registry)

    def _runs(self) -> None:
        workflow = ("environment", "workflow")
        self.runs_started = Series(self._counter("runs_started", "Runs that began.", workflow))
        self.runs_ended = Series(
            self._counter(
                "runs_ended",
                "Runs that ended; outcome is succeeded, failed or cancelled.",
                (*workflow, "outcome"),
            )
        )
        self.run_time = Series(
            self._histogram("run_duration_seconds", "How long runs took.", workflow, _RUN_TIMES)
        )
        self.breaches = Series(
            self._counter(
                "guarantees_breached",
                "Guarantees of the kind `within` that were not kept in time.",
                workflow,
            )
        )

    def _steps(self) -> None:
        workflow = ("environment", "workflow")
        self.steps_ended = Series(
            self._counter(
                "steps_ended",
                "Steps that ended; step_type is that of `uses`, else the kind of step.",
                (*workflow, "step_type", "outcome"),
            )
        )
        of_type = ("environment", "step_type")
        self.step_time = Series(
            self._histogram(
                "step_duration_seconds",
                "How long steps took, retries and waiting included.",
                of_type,
                _STEP_TIMES,
            )
        )
        self.attempts = Series(
            self._counter(
                "attempts",
                "Attempts of steps that are over; outcome is ok, failed, lost (their process died) or uncertain.",
                (*of_type, "outcome"),
            )
        )
        self.attempt_time = Series(
            self._histogram(
                "attempt_duration_seconds", "How long attempts took.", of_type, _STEP_TIMES
            )
        )
        self.compensations = Series(
            self._counter(
                "compensations_ended",
                "Compensations that ended; outcome is ok or failed.",
                (*workflow, "outcome"),
            )
        )

    def _standing(self) -> None:
        environment = ("environment",)
        self.environment_info = self._gauge(
            "environment_info",
            "1 for each environment that has runs, with its name.",
            (*environment, "name"),
        )
        self.environment_ok = self._gauge(
            "environment_ok",
            "1 while the runs of an environment are carried on and its store answers, else 0.",
            environment,
        )
        self.runs = self._gauge(
            "runs", "Runs that are not over, by how they stand.", (*environment, "status")
        )
        self.runs_due = self._gauge(
            "runs_due",
            "Runs that could go on, and that nobody carries on; 1000 may be more.",
            environment,
        )
        self.oldest_due = self._gauge(
            "oldest_due_seconds",
            "For how long the run that comes next could have gone on; 0 where none could.",
            environment,
        )
        self.waiting_for_people = self._gauge(
            "runs_waiting_for_people",
            "Runs with an approval that nobody answered yet.",
            environment,
        )
        self.without_worker = self._gauge(
            "attempts_without_worker",
            "Attempts of a step type that no living worker has, where workers carry them out; those that come with "
            "Auterity are `built-in`.",
            (*environment, "step_type"),
        )

    def _models(self) -> None:
        self.model_calls = Series(
            self._counter("ai_calls", "Calls of language models that are over.", _MODEL)
        )
        self.model_tokens = Series(
            self._counter(
                "ai_tokens",
                "Tokens of those calls; direction is input or output.",
                (*_MODEL, "direction"),
            )
        )
        self.model_cost = Series(
            self._counter(
                "ai_cost_usd", "What they cost in US dollars, where prices are known.", _MODEL
            )
        )
        self.over_budget = Series(
            self._counter(
                "ai_over_budget",
                "Calls that a budget did not allow; budget is step, workflow or project.",
                ("environment", "budget"),
            )
        )

    def _requests(self) -> None:
        route = ("method", "route")
        self.requests = self._counter(
            "http_requests",
            "Requests that were answered; route is the template of the path.",
            (*route, "status"),
        )
        self.request_time = self._histogram(
            "http_request_duration_seconds",
            "How long it took until an answer began.",
            route,
            _HTTP_TIMES,
        )
        self.sign_in_failures = self._counter(
            "sign_in_failures",
            "Attempts to sign in that were refused; how is password, link, device or refresh.",
            ("how",),
        )

    def _webhooks(self) -> None:
        self.webhook_messages = Series(
            self._counter(
                "webhook_messages",
                "Messages to webhooks; outcome is accepted, duplicate, or why it was refused: signature, too_old, "
                "unreadable, too_large, too_many.",
                ("environment", "outcome"),
            )
        )
        self.webhook_age = Series(
            self._histogram(
                "webhook_message_age_seconds",
                "How old messages were when they were kept, by the time that they are signed with (Standard Webhooks).",
                ("environment",),
                _AGES,
            )
        )

    def _mail(self) -> None:
        kind = ("kind",)
        self.mails_waiting = self._gauge(
            "mails_waiting",
            "Mails of the server's own that are neither sent nor given up; of all processes together.",
            (),
        )
        self.mails_sent = self._counter(
            "mails_sent",
            "Mails that the mail server took; kind is invitation, joined, password or notification.",
            kind,
        )
        self.mails_failed = self._counter("mails_failed", "Mails that were given up.", kind)

    def _process(self) -> None:
        self.check_ok = self._gauge(
            "check_ok",
            "1 while a part of the server is well, else 0: database, migrations, worker, disk, broker.",
            ("check",),
        )
        build = self._gauge("build_info", "1, with the version of the server.", ("version",))
        build.labels(__version__).set(1)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def _counter(self, name: str, help: str, labels: tuple[str, ...]) -> Counter:
        self._declare(f"{name}_total", "counter", labels, help)
        return Counter(f"auterity_{name}", help, labels, registry=self.registry)

    def _gauge(self, name: str, help: str, labels: tuple[str, ...]) -> Gauge:
        self._declare(name, "gauge", labels, help)
        return Gauge(f"auterity_{name}", help, labels, registry=self.registry)

    def _histogram(
        self, name: str, help: str, labels: tuple[str, ...], buckets: tuple[float, ...]
    ) -> Histogram:
        self._declare(name, "histogram", labels, help)
        return Histogram(f"auterity_{name}", help, labels, registry=self.registry, buckets=buckets)

    def _declare(self, name: str, kind: Kind, labels: tuple[str, ...], meaning: str) -> None:
        self.declared.append(Declared(f"auterity_{name}", kind, labels, meaning))
