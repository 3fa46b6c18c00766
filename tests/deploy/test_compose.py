"""The compose files: images are pinned, nobody is root, and each variable and file in them is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from auterity_server.settings import Settings, variable
from tests.deploy.dockerfile import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(DEPLOY.glob("compose*.yaml"))
KEYS = {
    "name", "services", "volumes", "secrets", "networks", "x-auterity",
}  # fmt: skip
SERVICE_KEYS = {
    "build", "cap_drop", "command", "depends_on", "deploy", "environment", "entrypoint", "healthcheck",
    "image", "networks", "ports", "read_only", "restart", "secrets", "security_opt",
    "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
"""Of the compose specification, those that these files use."""


def load(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


SERVICES = [(file, name) for file in FILES for name in load(file)["services"]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_all_that_is_named_is_there(file: Path) -> None:
    found = load(file)
    assert set(found) <= KEYS
    volumes, secrets = found.get("volumes", {}), found.get("secrets", {})
    used: set[str] = set()
    for name, service in found["services"].items():
        assert set(service) <= SERVICE_KEYS, name
        for mounted in service.get("volumes", ()):
            source = mounted.partition(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists(), mounted
                assert mounted.endswith(":ro"), mounted
            else:
                used.add(source)
        assert set(service.get("secrets", ())) <= set(secrets), name
        assert set(service.get("depends_on", ())) <= set(found["services"]), name
    assert used == set(volumes)


@pytest.mark.parametrize(("file", "name"), SERVICES, ids=str)
def test_a_service_is_pinned_bounded_and_not_root(file: Path, name: str) -> None:
    service = load(file)["services"][name]
    if "build" in service:
        built = DEPLOY / service["build"]["context"]
        assert (built / service["build"]["dockerfile"]).exists()
    else:
        image = (
            r"[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*"
            if not service["image"].startswith("auterity:")
            else r".*"
        )
        assert re.fullmatch(image, service["image"]), service["image"]
    assert not service["image"].endswith(":latest")
    assert int(service["user"].partition(":")[0]) > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    once = service["restart"] == "no"
    assert once or service["healthcheck"]["test"], name
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:"), "only this machine reaches it"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_variable_is_a_setting_and_each_value_is_asked_for_in_the_example(file: Path) -> None:
    fields = {variable(name) for name in Settings.model_fields}
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    given = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    for name, service in load(file)["services"].items():
        ours = {key for key in service.get("environment", {}) if key.startswith("AUTERITY_")}
        assert ours <= fields, name
    text = file.read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+)", text)) | set(
        re.findall(r"^    environment: ([A-Z_]+)$", text, re.MULTILINE)
    )
    assert asked <= given
    assert given <= {
        *fields,
        "GRAFANA_PASSWORD",
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
        "FLOWER_PASSWORD",
    }
    # No secret has a value that somebody could forget to change.
    for secret in (each for each in given if re.search("PASSWORD|TOKEN|KEY", each)):
        assert f"\n{secret}=\n" in example, secret
        assert not re.search(rf"\$\{{{secret}:-", text), secret


def aliases(service: dict[str, Any]) -> list[str]:
    found: list[str] = service.get("networks", {}).get("default", {}).get("aliases", [])
    return found


def test_prometheus_finds_the_processes_by_their_common_names() -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text())
    found = scraped["scrape_configs"][0]["dns_sd_configs"]
    ports = {name: each["port"] for each in found for name in each["names"]}
    assert ports["api"] == Settings().port
    for file in FILES:
        services = load(file)["services"].values()
        named = {name: service for service in services for name in aliases(service)}
        assert "api" in named
        for name, service in named.items():
            port = service["environment"].get("AUTERITY_PROBE_PORT", Settings().port)
            assert int(port) == ports[name], (file.name, name)


def test_grafana_finds_its_dashboard() -> None:
    for file in FILES:
        mounted = load(file)["services"]["grafana"]["volumes"]
        provider = yaml.safe_load(
            (DEPLOY / "grafana" / "provisioning" / "dashboards" / "auterity.yaml").read_text()
        )
        folder = provider["providers"][0]["options"]["path"]
        assert f"./grafana/auterity.json:{folder}/auterity.json:ro" in mounted
