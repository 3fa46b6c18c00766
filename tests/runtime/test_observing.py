"""The structured log, and OpenTelemetry: what they tell, and that they hold nobody's data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.event_log import EventLog
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.observing import Masks
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.ports import APPROVALS
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.telemetry import Telemetry
from auterity_sdk.steps.registry import Registry
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.test_redaction import CLEAR, INPUT, TEXT
from tests.runtime.worlds import STEPS, workflow, world

CHILD = workflow("steps: {x: {uses: nop}}", "child")
FULL = builtin_registry().extended(STEPS)
REGISTRY = Registry(step_types=FULL.step_types, types=FULL.types, workflows={"child": CHILD})
RETRIES = """
input: {ssn: string}
steps:
  a: {uses: flaky, with: {times: 3}, retry: {attempts: 3, initial: 1ms}}
  b: {needs: a, call: child}
  c: {needs: b, uses: quote, with: {text: "no ${input.ssn}"}}
"""


@pytest.fixture(scope="module")
def exported() -> tuple[InMemorySpanExporter, InMemoryMetricReader]:
    """OpenTelemetry takes its providers once a process."""
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)
    metrics.set_meter_provider(MeterProvider([reader]))
    return spans, reader


@pytest.fixture
def spans(exported: Any) -> InMemorySpanExporter:
    exported[0].clear()
    return exported[0]


def logged(runtime: LocalRuntime) -> list[str]:
    lines: list[str] = []
    masks = Masks(runtime.plans, runtime.world.registry)
    runtime.observers = (EventLog(lines.append, masks).saw,)
    return lines


async def test_the_log_tells_each_event_of_a_run() -> None:
    runtime = LocalRuntime(world(registry=REGISTRY))
    lines = logged(runtime)
    view = await runtime.run(workflow(RETRIES), {"ssn": "123-45-6789"}, to_the_end=True)
    data = [json.loads(line) for line in lines]
    own = [each for each in data if each["run_id"] == view.run_id]
    assert len(own) == len(await runtime.store.events(view.run_id))
    assert [each["event"] for each in own[:2]] == ["RunStarted", "StepStarted"]
    assert {"time", "level", "workflow", "version", "format"} <= set(own[0])
    [ended] = [each for each in own if (each["event"], each.get("step")) == ("StepEnded", "a")]
    assert (ended["uses"], ended["kind"], ended["attempt"], ended["outcome"]) == (
        "flaky",
        "uses",
        3,
        "ok",
    )
    assert isinstance(ended["duration_ms"], int)
    failed = [each for each in own if each["event"] == "AttemptEnded"]
    assert [each["error"]["type"] for each in failed] == ["network", "network"]
    assert (own[-1]["event"], own[-1]["level"]) == ("RunEnded", "error")
    assert own[-1]["error"] == {"type": "refused", "message": "refused: no [government_id]"}
    assert {each["workflow"] for each in data} == {"test", "child"}


async def test_nothing_personal_is_in_the_log() -> None:
    runtime = LocalRuntime(world(registry=REGISTRY))
    lines = logged(runtime)
    await runtime.run(workflow(TEXT), INPUT, to_the_end=True)
    text = "\n".join(lines)
    assert "[identity]" in text
    assert [clear for clear in CLEAR if clear in text] == []


async def test_a_step_and_a_run_are_spans_of_one_trace(
    spans: InMemorySpanExporter, tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    first = LocalRuntime(world(registry=REGISTRY), store)
    first.observers = (Telemetry(Masks(first.plans, REGISTRY)).saw,)
    text = (
        RETRIES.replace("needs: a, call: child}", "needs: [a, w.received], call: child}").replace(
            "steps:\n", "steps:\n  w: {receive: {event: go, timeout: 1d}}\n"
        )
        + "ends: {ok: c, late: w.timeout}\n"
    )
    view = await first.run(workflow(text), {"ssn": "123-45-6789"})
    assert {span.name for span in spans.get_finished_spans()} == {"step a"}
    second = LocalRuntime(world(registry=REGISTRY), store)
    second.observers = (Telemetry(Masks(second.plans, REGISTRY)).saw,)
    await second.send("go", {})
    ended = await second.drive(view.run_id)
    store.close()
    found = {span.name: span for span in spans.get_finished_spans()}
    assert {"step a", "step b", "step c", "step x", "run test", "run child"} <= set(found)
    assert len({span.context.trace_id for span in found.values()}) == 1
    a = found["step a"]
    assert a.attributes is not None
    assert (a.attributes["auterity.uses"], a.attributes["auterity.attempt"]) == ("flaky", 3)
    assert [event.name for event in a.events] == ["attempt failed", "attempt failed"]
    run = found["run test"]
    assert ended.ended_at is not None
    assert run.start_time == round(ended.started_at.timestamp() * 1000) * 1_000_000
    assert run.end_time == round(ended.ended_at.timestamp() * 1000) * 1_000_000
    assert run.status.status_code is trace.StatusCode.ERROR
    assert run.status.description == "refused: no [government_id]"
    assert found["run child"].attributes["auterity.parent_run"] == view.run_id  # type: ignore[index]


async def test_nothing_personal_is_in_spans_and_metrics(
    spans: InMemorySpanExporter, exported: Any
) -> None:
    runtime = LocalRuntime(world(registry=REGISTRY))
    runtime.observers = (Telemetry(Masks(runtime.plans, REGISTRY)).saw,)
    await runtime.run(workflow(TEXT), INPUT, to_the_end=True)
    text = "\n".join(span.to_json() for span in spans.get_finished_spans())
    read = exported[1].get_metrics_data()
    text += read.to_json()
    assert "[identity]" in text
    assert [clear for clear in CLEAR if clear in text] == []
    names = {
        metric.name
        for resource in read.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert {"auterity.runs.ended", "auterity.steps.ended", "auterity.step.duration"} <= names
    assert "run_id" not in read.to_json()


async def test_a_breach_is_counted_and_stands_in_the_span_of_its_run(
    spans: InMemorySpanExporter, exported: Any
) -> None:
    runtime = LocalRuntime(world(registry=REGISTRY), clock=VirtualClock())
    runtime.observers = (Telemetry(Masks(runtime.plans, REGISTRY)).saw,)
    text = "steps: {a: {wait: 2h}, b: {needs: a, uses: nop}}\nguarantees: [b within 1h of start]\n"
    await runtime.run(workflow(text), {}, to_the_end=True)
    (run,) = [span for span in spans.get_finished_spans() if span.name == "run test"]
    (event,) = run.events
    assert event.name == "guarantee breached"
    assert event.attributes is not None
    assert event.attributes["auterity.guarantee"] == "b within 1h of start"
    assert "auterity.guarantees.breached" in exported[1].get_metrics_data().to_json()


async def test_a_step_in_doubt_is_counted_and_logged_as_a_warning(exported: Any) -> None:
    runtime = LocalRuntime(world(registry=REGISTRY))
    lines = logged(runtime)
    runtime.observers = (*runtime.observers, Telemetry(Masks(runtime.plans, REGISTRY)).saw)
    shown = await runtime.run(workflow("steps: {a: {uses: unsure}}"), {})
    await runtime.settle(shown.run_id, "a", "ok", by="ann", reason="123-45-6789 told me")
    assert "auterity.steps.uncertain" in exported[1].get_metrics_data().to_json()
    told = [json.loads(line) for line in lines]
    (doubt,) = [each for each in told if each["event"] == "StepUncertain"]
    assert (doubt["level"], doubt["error"]["type"]) == ("warning", "effect_unknown")
    assert "123-45-6789" not in "".join(lines)


async def test_the_log_and_spans_tell_of_the_same_steps_beside_a_watcher() -> None:
    runtime = LocalRuntime(world(registry=REGISTRY))
    lines = logged(runtime)
    seen: list[str] = []
    await runtime.run(
        workflow("steps: {a: {uses: nop}}"),
        {},
        watcher=lambda _run, event, _state: seen.append(type(event).__name__),
    )
    told = [json.loads(line)["event"] for line in lines]
    assert told[-len(seen) :] == seen


def test_opentelemetry_is_imported_where_it_is_on_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("auterity: 1\nname: x\nsteps: {a: {wait: 0s}}\n")
    script = (
        "import sys; sys.argv = ['auterity', 'run', 'x.yaml', '--log-format', 'json']\n"
        "from auterity_cli.app import run\n"
        "run(); print(any(name.startswith('opentelemetry') for name in sys.modules))"
    )

    def loaded(**more: str) -> tuple[str, str]:
        environment = {k: v for k, v in os.environ.items() if k != "AUTERITY_OTEL"} | more
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        return done.stdout.split()[-1], done.stderr

    state, log = loaded()
    assert state == "False"
    assert [json.loads(line)["event"] for line in log.splitlines()][-1] == "RunEnded"
    assert loaded(AUTERITY_OTEL="1")[0] == "True"


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    import auterity_sdk.runtime.telemetry as module

    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "auterity_sdk.runtime.telemetry")
    with pytest.raises(ConfigurationError, match="opentelemetry-api is not installed"):
        importlib.import_module(module.__name__)


async def test_what_is_answered_while_nobody_drives_the_run_is_told() -> None:
    runtime = LocalRuntime(world(registry=REGISTRY))
    desk = workflow("steps: {desk: {approve: {role: clerk, title: Go on?, timeout: 1d}}}")
    view = await runtime.run(desk, {})
    assert view.status == "waiting"
    lines = logged(runtime)
    await runtime.approve(view.run_id, "desk", by="ann", roles=["clerk"])
    told = [json.loads(line)["event"] for line in lines]
    assert told == ["ApprovalRecorded", "StepEnded", "ScopeStopping", "RunEnded"]


async def test_runs_that_wait_for_people_are_found() -> None:
    runtime = LocalRuntime(world(registry=REGISTRY))
    text = """
steps:
  a: {uses: nop}
  desk: {needs: a, approve: {role: clerk, title: Go on?, timeout: 1d}}
  w: {needs: desk.approved, receive: {event: go, timeout: 1d}}
"""
    view = await runtime.run(workflow(text), {})
    found = runtime.store.listening
    assert await found(APPROVALS, [""]) == [view.run_id]
    await runtime.approve(view.run_id, "desk", by="ann", roles=["clerk"])
    assert await found(APPROVALS, [""]) == []
    assert await found("go", [""]) == [view.run_id]
