"""The dashboard and the alert rules that ship: each metric and label in them is one of the server's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from msgspec import Struct

from auterity_server.metrics.metrics import Metrics

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yaml"
DASHBOARD = DEPLOY / "grafana" / "auterity.json"

SCHEMA = {
    "type": "object",
    "required": ["groups"],
    "additionalProperties": False,
    "properties": {"groups": {"type": "array", "items": {"$ref": "#/$defs/group"}}},
    "$defs": {
        "group": {
            "type": "object",
            "required": ["name", "rules"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "rules": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/rule"}},
            },
        },
        "rule": {
            "type": "object",
            "required": ["alert", "expr", "labels", "annotations"],
            "additionalProperties": False,
            "properties": {
                "alert": {"type": "string", "pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"},
                "expr": {"type": "string", "minLength": 1},
                "for": {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d|w)$"},
                "labels": {
                    "type": "object",
                    "required": ["severity"],
                    "properties": {"severity": {"enum": ["critical", "warning", "info"]}},
                },
                "annotations": {
                    "type": "object",
                    "required": ["summary", "description"],
                    "additionalProperties": {"type": "string", "minLength": 1},
                },
            },
        },
    },
}
"""Of Prometheus's rule files, as its documentation has it, and what we ask of ours."""

OF_CLIENTS = {
    "up",
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "process_open_fds",
}
"""Of Prometheus itself, and of its Python client."""
OF_TARGETS = {"job", "instance"}

_STRING = re.compile(r'"(\\.|[^"\\])*"')
_SELECTOR = re.compile(r"\b([a-z_:][a-z0-9_:]*)\s*(\{[^}]*\}|(?=\[)|(?=\)|\s|$))")
_LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
_BY = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")
_WORDS = {
    "sum", "max", "min", "count", "by", "rate", "increase", "absent", "vector", "or", "and", "on",
    "min_over_time", "histogram_quantile", "unless", "without",
}  # fmt: skip


class Query(Struct, frozen=True):
    """What a query asks of which metric, and by which labels it sums."""

    metrics: dict[str, set[str]]
    by: set[str]


def query(expression: str) -> Query:
    plain = _STRING.sub('""', expression)
    by = {label.strip() for group in _BY.findall(plain) for label in group.split(",")} - {""}
    asked: dict[str, set[str]] = {}
    for name, selector in _SELECTOR.findall(_BY.sub(" ", plain)):
        if name not in _WORDS:
            asked.setdefault(name, set()).update(_LABEL.findall(selector))
    return Query(asked, by)


def known() -> dict[str, set[str]]:
    """The labels of each series, by its name."""
    found: dict[str, set[str]] = {name: set(OF_TARGETS) for name in OF_CLIENTS}
    for each in Metrics().declared:
        labels = {*each.labels, *OF_TARGETS}
        if each.kind == "histogram":
            found |= {f"{each.name}_{part}": labels for part in ("sum", "count")}
            found[f"{each.name}_bucket"] = {*labels, "le"}
        else:
            found[each.name] = labels
    return found


def rules() -> list[dict[str, Any]]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return [rule for group in data["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    data = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [each for each in data["panels"] if each["type"] != "row"]


def expressions() -> Iterator[tuple[str, str, set[str]]]:
    """Where it stands, the query, and the labels that the text beside it shows."""
    for rule in rules():
        text = " ".join(rule["annotations"].values())
        yield rule["alert"], rule["expr"], set(re.findall(r"\$labels\.(\w+)", text))
    for panel in panels():
        for target in panel["targets"]:
            shown = set(re.findall(r"\{\{\s*(\w+)\s*\}\}", target["legendFormat"]))
            yield panel["title"], target["expr"], shown


def test_a_query_is_read_as_it_is_written() -> None:
    read = query('sum by (a, le) (rate(x_total{b="c) by (d", e=~"f"}[5m])) / vector(0) > y * 2')
    assert read == Query({"x_total": {"b", "e"}, "y": set()}, {"a", "le"})


@pytest.mark.parametrize(("place", "expression", "shown"), list(expressions()))
def test_each_metric_and_label_is_there(place: str, expression: str, shown: set[str]) -> None:
    asked, labels = query(expression), known()
    assert asked.metrics, place
    for name, used in asked.metrics.items():
        assert name in labels, f"{place}: there is no metric {name}"
        assert used <= labels[name], f"{place}: {name} has no {used - labels[name]}"
    of_all = set.intersection(*(labels[name] for name in asked.metrics))
    assert asked.by <= of_all, place
    # What a sum keeps is all that there is to show.
    assert shown <= (asked.by or of_all), place
    assert expression.count("(") == expression.count(")"), place


def test_every_metric_of_the_server_is_watched() -> None:
    """But for those that are there to be looked up."""
    used = {name for _, expression, _ in expressions() for name in query(expression).metrics}
    bases = {re.sub(r"_(bucket|sum|count)$", "", name) for name in used}
    assert {each.name for each in Metrics().declared} - bases - {
        "auterity_environment_info"
    } == set()


def test_the_rules_are_as_prometheus_asks() -> None:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    errors = [each.message for each in Draft202012Validator(SCHEMA).iter_errors(data)]
    assert errors == []
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))


def test_the_dashboard_is_one_that_grafana_can_take_in() -> None:
    data = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert data["uid"] == "auterity"
    assert data["schemaVersion"] >= 39
    identities = [each["id"] for each in data["panels"]]
    assert len(identities) == len(set(identities))
    variables = {each["name"] for each in data["templating"]["list"]}
    text = DASHBOARD.read_text(encoding="utf-8")
    of_grafana = {"__rate_interval", "__all"}
    assert set(re.findall(r"\$\{?(\w+)", text)) - of_grafana <= variables
    for panel in panels():
        assert panel["description"], panel["title"]
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
