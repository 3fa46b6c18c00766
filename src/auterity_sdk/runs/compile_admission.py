"""Compiles what a step passes before it starts: its lock, its cache, its queue."""

from __future__ import annotations

import hashlib

from msgspec import json as msgspec_json
from msgspec import to_builtins

from auterity_sdk.runs.compile_values import Values
from auterity_sdk.runs.plan import Admission, Cache
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.occurrences import Role
from auterity_sdk.workflow.queue import Queue
from auterity_sdk.workflow.signature import Catalog, Signature
from auterity_sdk.workflow.step import UsesStep


def admission_of(node: Node, graph: Graph, values: Values, catalog: Catalog) -> Admission | None:
    """What the step passes; None where nothing."""
    text = getattr(node.step, "lock", None)
    lock = values.optional(text, graph, (*node.path, "lock"), Role.LOCK)
    cache, queue = None, None
    if isinstance(node.step, UsesStep):
        cache = _cache(node.step, node, graph, values)
        queue = None if node.step.queue is None else _queue(node.step.queue, catalog)
    if lock is None and cache is None and queue is None:
        return None
    return Admission(lock, cache, queue)


def _cache(step: UsesStep, node: Node, graph: Graph, values: Values) -> Cache | None:
    if step.cache is None:
        return None
    key = values.condition(step.cache.key, graph, (*node.path, "cache", "key"), Role.LOCK)
    return Cache(key, step.cache.age.milliseconds, _declared(step.uses, node.signature))


def _queue(name: str, catalog: Catalog) -> Queue:
    return catalog.queue(name) or Queue(name, slots=0)


def _declared(uses: str, signature: Signature | None) -> str:
    """A name for a step type as it is declared: where its arguments, outputs or facts change, so does this."""
    if signature is None:
        return uses
    parts = (
        signature.parameters,
        signature.output,
        signature.definitions,
        signature.outcomes,
        signature.declares,
    )
    text = msgspec_json.encode(to_builtins(parts, enc_hook=str), order="deterministic")
    return f"{uses} {hashlib.sha256(text).hexdigest()[:16]}"
