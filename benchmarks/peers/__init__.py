"""The same work in other libraries: each as its own documentation shows it, with typed state, in memory, nothing recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from importlib.metadata import version
from typing import Any, Protocol

Run = Callable[[], Awaitable[Any]]
"""One run; gives the last state or output."""


class Peer(Protocol):
    """A library. What is compiled or built once for many runs is built before a run is given."""

    def chain(self, length: int) -> Run:
        """A run of so many steps, one behind the other, each of which puts a number into the typed state."""
        ...

    def routing(self, lead: Mapping[str, Any]) -> Run:
        """A run of the lead routing of `routing.yaml`; gives a map with at least its `seat` and `channel`."""
        ...


PEERS = {
    "langgraph": "benchmarks.peers.langgraph_peer",
    "pydantic-graph": "benchmarks.peers.pydantic_graph_peer",
    "apache-burr": "benchmarks.peers.burr_peer",
}


def installed() -> dict[str, Peer]:
    """Those that are installed, by name and version: `make bench` has them in an environment of its own."""
    found: dict[str, Peer] = {}
    for name, module in PEERS.items():
        try:
            made = import_module(module)
        except ModuleNotFoundError:
            print(f"{name} is not installed here, and left out")
            continue
        found[f"{name} {version(name)}"] = made
    return found
