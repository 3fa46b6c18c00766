"""The port for probes: what a process that answers nothing else says of itself."""

import socket
from pathlib import Path

import httpx2
import pytest

from auterity_sdk.errors import ConfigurationError
from auterity_server.wiring import wire
from tests.server.conftest import running, settings_for

TOKEN = "a-token-of-prometheus"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
        return port


def test_health_and_metrics_are_answered_there_and_nothing_else(data: Path) -> None:
    port = free_port()
    with (
        running(settings_for(data, probe_port=port, metrics_token=TOKEN)) as server,
        httpx2.Client(base_url=f"http://127.0.0.1:{port}") as probe,
    ):
        assert probe.get("/health/live").status_code == 200
        ready = probe.get("/health/ready")
        assert ready.status_code == 200
        assert ready.json() == {
            "status": "ok",
            "checks": {"database": "ok", "migrations": "ok", "worker": "ok", "disk": "ok"},
        }
        for shown in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer"):
            assert probe.get("/metrics", headers={"Authorization": shown}).status_code == 401
        text = probe.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
        assert "auterity_build_info" in text
        assert 'auterity_check_ok{check="database"} 1.0' in text
        assert probe.get("/api/v1/me").status_code == 404
        assert probe.get("/openapi.json").status_code == 404

        async def stop() -> None:
            server.wiring.stopping.set()

        server.do(stop())
        assert probe.get("/health/ready").status_code == 503
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"http://127.0.0.1:{port}/health/live")


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match="AUTERITY_PROBE_PORT"):
            async with wire(settings_for(tmp_path / "data", probe_port=port)).running():
                pass
