"""Sentry and OpenTelemetry: what arrives at a server of their own, and that it holds nobody's data."""

import gzip
import json
import logging
import signal
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import Depends, Request
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from auterity_sdk.errors import ConfigurationError
from auterity_server.access.guard import public
from auterity_server.app import create_app
from auterity_server.reporting.sentry import start_sentry, stop_sentry
from auterity_server.wiring import wire
from tests.server.conftest import settings_for
from tests.server.files import DESK, push
from tests.server.test_logs import FAILS, PEOPLE, SECRETS
from tests.server.test_process import begun, done, first, serving, staging, until


class Arrived:
    """What was sent to the server: the path and the body of each request, unpacked."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        self.headers: list[str] = []

    def events(self) -> list[dict[str, Any]]:
        """The events of Sentry among them."""
        found = []
        for path, body in self.bodies:
            assert path == "/api/7/envelope/"
            lines = body.split(b"\n")
            for head, item in pairwise(lines):
                if b'"type":"event"' in head.replace(b" ", b""):
                    found.append(json.loads(item))
        return found

    @property
    def text(self) -> str:
        return "\n".join(body.decode(errors="replace") for _, body in self.bodies)


@contextmanager
def listening() -> Iterator[tuple[str, Arrived]]:
    arrived = Arrived()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding", "")
            unpack = {"gzip": gzip.decompress, "deflate": zlib.decompress}.get(packed, bytes)
            arrived.bodies.append((self.path, unpack(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", arrived
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def sentry() -> Iterator[Arrived]:
    with listening() as (address, arrived):
        start_sentry(f"http://public@{address}/7", "tests")
        try:
            yield arrived
        finally:
            stop_sentry()
            _turn_off()


def _turn_off() -> None:
    import sentry_sdk

    sentry_sdk.init()


async def test_a_defect_is_told_to_sentry_without_anybodys_data(
    sentry: Arrived, tmp_path: Path
) -> None:
    app = create_app(wire(settings_for(tmp_path / "data")))

    @app.post("/defect", dependencies=[Depends(public())])
    async def defect(request: Request) -> None:
        customer = (await request.json())["customer"]
        raise ZeroDivisionError(f"no offer for {customer}, jordan.rivera@example.com")

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        headers = {
            "Authorization": "Bearer hunter2",
            "Cookie": "a=hunter2",
            "X-Phone": "4195550188",
        }
        given = {"customer": "Jordan Rivera"}
        found = await client.post("/defect?phone=419-555-0188", json=given, headers=headers)
    assert found.status_code == 500
    logging.getLogger("some.library").error(
        "lost %s of 1HGCM82633A004352", "jordan.rivera@example.com"
    )
    logging.getLogger("auterity.server").warning("no event")
    stop_sentry()
    [event, other] = sentry.events()
    [error] = event["exception"]["values"]
    assert error["type"] == "ZeroDivisionError"
    assert "value" not in error
    last = error["stacktrace"]["frames"][-1]
    assert (last["function"], last["filename"].rpartition("/")[2]) == (
        "defect",
        "test_reporting.py",
    )
    assert set(last) <= {"filename", "module", "function", "lineno", "in_app"}
    assert event["message"] == "POST unknown ended in ZeroDivisionError"
    assert event["tags"]["request_id"] == found.headers["x-request-id"]
    assert other["message"] == "lost [EMAIL_ADDRESS] of [VEHICLE_IDENTIFICATION_NUMBER]"
    allowed = {"event_id", "timestamp", "level", "platform", "logger", "release", "environment", "message",
               "exception", "tags"}  # fmt: skip
    assert set(event) <= allowed
    vin = "1HGCM82633A004352"
    assert [each for each in (*PEOPLE, *SECRETS, vin, "testclient") if each in sentry.text] == []


def test_a_process_tells_sentry_of_its_trouble(tmp_path: Path) -> None:
    with listening() as (address, arrived):
        more = {
            "AUTERITY_SENTRY_DSN": f"http://public@{address}/7",
            "AUTERITY_LEAST_DISK": str(2**62),
        }
        with serving(tmp_path, **more) as (process, said):
            assert httpx2.get(f"{said['url']}/health/ready").status_code == 503
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
            assert process.returncode == 0
    assert [each["message"] for each in arrived.events()] == ["not ready: disk (Failing)"]
    assert str(tmp_path) not in arrived.text


def test_a_wrong_dsn_is_told_without_its_key() -> None:
    with pytest.raises(ConfigurationError, match="AUTERITY_SENTRY_DSN") as told:
        start_sentry("hunter2://nothing", "tests")
    assert "hunter2" not in str(told.value) + str(told.value.help)


def test_runs_are_told_to_opentelemetry_without_anybodys_data(tmp_path: Path) -> None:
    with (
        listening() as (address, arrived),
        serving(tmp_path, AUTERITY_OTEL_ENDPOINT=f"http://{address}") as (process, said),
    ):
        with first(said) as owner:
            path = staging(owner)
            done(owner.post(f"{path}/pushes", json=push(DESK, FAILS)))
            desk = begun(owner, path, "desk", {"customer": "Jordan Rivera", "amount": 14200})
            until(owner, desk, "waiting")
            step = f"{path}/approvals/{desk.rpartition('/')[2]}/manager"
            done(owner.post(step, json={"approved": True}))
            until(owner, desk, "succeeded")
            until(owner, begun(owner, path, "fails", {"customer": "Jordan Rivera"}), "failed")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    spans, resources, metrics = [], [], set()
    for where, body in arrived.bodies:
        if where == "/v1/traces":
            for each in ExportTraceServiceRequest.FromString(body).resource_spans:
                resources += [(a.key, a.value.string_value) for a in each.resource.attributes]
                spans += [span for scope in each.scope_spans for span in scope.spans]
        else:
            assert where == "/v1/metrics"
            for values in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                metrics |= {m.name for scope in values.scope_metrics for m in scope.metrics}
    names = {span.name for span in spans}
    assert {"run desk", "step manager", "step offer", "run fails", "step call"} <= names
    of_desk = {span.trace_id for span in spans if span.name in ("run desk", "step offer")}
    assert len(of_desk) == 1
    assert ("service.name", "auterity") in resources
    assert {"auterity.runs.ended", "auterity.step.duration"} <= metrics
    assert [each for each in (*PEOPLE, *SECRETS) if each in arrived.text] == []
