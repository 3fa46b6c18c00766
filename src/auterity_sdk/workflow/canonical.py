"""The canonical form of a workflow, and the version that is its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.model import Workflow, dump
from auterity_sdk.workflow.needs import Need, written


def canonical_data(workflow: Workflow, graph: Graph) -> dict[str, Any]:
    """The workflow as data in which equal meaning is equal text.

    Every `needs` is a sorted list of edges in full and of joins, those made of reads included; the cases of a
    switch, whose order has a meaning, are a list of pairs; defaults are left out.
    """
    data = dump(workflow)
    _rewrite(data["steps"], graph)
    for name, groups in graph.ends.items():
        data["ends"][name] = _written(tuple(group.as_need() for group in groups))
    if "ends" in data:
        data["ends"] = [[name, needs] for name, needs in data["ends"].items()]
    return data


def canonical_json(workflow: Workflow, graph: Graph) -> bytes:
    """The canonical data as UTF-8 JSON with sorted keys and no spaces."""
    data = canonical_data(workflow, graph)
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def version(workflow: Workflow, graph: Graph) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal: the workflow's immutable address."""
    return hashlib.sha256(canonical_json(workflow, graph)).hexdigest()


def _rewrite(steps: dict[str, Any], graph: Graph) -> None:
    for step_id, data in steps.items():
        node = graph.nodes[step_id]
        if node.needs:
            data["needs"] = _written(tuple(group.as_need() for group in node.needs))
        if "switch" in data:
            data["switch"] = [[name, case] for name, case in data["switch"].items()]
        if node.body is not None:
            _rewrite(data[str(node.body.path[-1])]["steps"], node.body)


def _written(needs: tuple[Need, ...]) -> list[Any]:
    plain = [_sorted(written((need,))) for need in needs]
    if len(plain) < 2:
        return plain
    return sorted(plain, key=lambda need: json.dumps(need, sort_keys=True))


def _sorted(need: str | Mapping[str, Any]) -> Any:
    if isinstance(need, str):
        return need
    return {key: sorted(value) if isinstance(value, list) else value for key, value in need.items()}
