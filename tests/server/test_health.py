"""What holds for every answer: health, problems, headers, limits."""

import httpx2
import pytest

from tests.server.conftest import RunningServer, running, settings_for


def test_a_server_that_runs_is_live_and_ready(server: RunningServer) -> None:
    for path in ("/health/live", "/health/ready"):
        found = httpx2.get(server.url + path)
        assert (found.status_code, found.json()["status"]) == (200, "ok")


def test_a_server_that_stops_is_not_ready(server: RunningServer) -> None:
    async def stop() -> None:
        server.wiring.stopping.set()

    server.do(stop())
    found = httpx2.get(server.url + "/health/ready")
    assert found.status_code == 503
    assert found.json()["type"] == "urn:auterity:problem:unavailable"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/none", 404), ("POST", "/health/live", 405)]
)
def test_an_error_is_a_problem(server: RunningServer, method: str, path: str, status: int) -> None:
    found = httpx2.request(method, server.url + path)
    assert found.status_code == status
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["status"] == status


def test_every_answer_has_the_headers_that_protect(server: RunningServer) -> None:
    for path in ("/health/live", "/none"):
        headers = httpx2.get(server.url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_no_other_origin_is_answered_unless_it_is_set(server: RunningServer, data) -> None:  # type: ignore[no-untyped-def]
    asked = {"Origin": "https://desk.example", "Access-Control-Request-Method": "GET"}
    assert httpx2.options(server.url + "/health/live", headers=asked).status_code == 405
    allowed = settings_for(data.parent / "other", cors_origins="https://desk.example")
    with running(allowed) as other:
        found = httpx2.options(other.url + "/health/live", headers=asked)
        assert found.headers["access-control-allow-origin"] == "https://desk.example"


@pytest.mark.parametrize("told", [True, False])
def test_a_body_that_is_too_large_is_refused(data, told: bool) -> None:  # type: ignore[no-untyped-def]
    with running(settings_for(data, max_body=1024)) as server:
        body = b"x" * 2000
        sent = body if told else iter([body[:1000], body[1000:]])
        found = httpx2.post(server.url + "/health/live", content=sent)
        # A route that takes no body answers before it is read.
        assert found.status_code == (413 if told else 405)
