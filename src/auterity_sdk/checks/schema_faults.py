"""Which rule speaks for which of Pydantic's findings: every finding has exactly one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from auterity_sdk.checks.subject import SchemaError, Subject
from auterity_sdk.diagnostics import Location, Path, Severity
from auterity_sdk.workflow import model, step, trigger
from auterity_sdk.workflow.part import Part
from auterity_sdk.workflow.step import KINDS

KEY = "[key]"
"""The last part of the path of a finding on a key itself."""

_RULES: Mapping[str, str] = {
    "bad_duration": "bad-duration",
    "bad_edge": "bad-edge",
    "bad_failures": "out-of-range",
    "bad_priority": "out-of-range",
    "bad_join": "bad-edge",
    "conflicting_keys": "conflicting-keys",
    "duplicate_edge": "duplicate-edge",
    "extra_forbidden": "unknown-key",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "less_than_equal": "out-of-range",
    "literal_error": "bad-enum",
    "missing": "missing-key",
    "missing_kind": "missing-key",
    "string_pattern_mismatch": "bad-format",
    "string_too_long": "out-of-range",
    "string_too_short": "empty-value",
    "too_short": "empty-value",
}

_PARTS: Mapping[str, type[Part]] = {
    "approve": step.Approve,
    "cache": step.Cache,
    "compensate": step.Compensation,
    "debounce": trigger.Debounce,
    "concurrency": model.Concurrency,
    "escalate": step.Escalate,
    "event": trigger.EventTrigger,
    "for_each": step.ForEach,
    "rate_limit": trigger.RateLimit,
    "receive": step.Receive,
    "remind": step.Remind,
    "repeat": step.Repeat,
    "retry": step.Retry,
    "schedule": trigger.Schedule,
    "wait": step.BusinessTime,
    "webhook": trigger.Webhook,
}


def faults(subject: Subject, rule_name: str) -> Iterator[SchemaError]:
    """The findings that a rule speaks for."""
    errors = (error for error in subject.schema_errors if rule_of(error) == rule_name)
    if any(found.severity is Severity.ERROR for found in subject.loading):
        # What seems to be missing may be what could not be read.
        return (error for error in errors if error.type not in ("missing", "missing_kind"))
    return errors


def rule_of(error: SchemaError) -> str:
    """The rule that speaks for a finding; `wrong-type` for those that no other does."""
    if error.path[-1:] == (KEY,) or (error.path == ("name",) and isinstance(error.value, str)):
        return "bad-id"
    if error.path == ("auterity",) and error.type == "literal_error":
        return "unknown-spec-version"
    if error.type == "extra_forbidden" and error.path[-1] in KINDS and _is_step(error.path[:-1]):
        return "conflicting-keys"
    if error.value is None and error.path and error.type.endswith("_type"):
        return "empty-value"
    return _RULES.get(error.type, "wrong-type")


def place_of(error: SchemaError) -> Location:
    """Where a finding stands: on the key for one about a key, or about what is missing below it."""
    if error.path[-1:] == (KEY,):
        return Location(error.path[:-1], "key")
    if error.type in ("missing", "missing_kind"):
        parent = error.path[:-1] if error.type == "missing" else error.path
        return Location(parent, "key")
    if (
        error.type == "extra_forbidden"
        or error.value is None
        or isinstance(error.value, dict | list)
    ):
        return Location(error.path, "key")
    return Location(error.path)


def keys_at(path: Path, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys that the part of the file at `path` may have; none where any may stand."""
    found = _part_at(path, data)
    if found is None:
        return ()
    return tuple(field.alias or name for name, field in found.model_fields.items())


def _part_at(path: Path, data: Mapping[str, Any]) -> type[Part] | None:
    if not path:
        return model.Workflow
    if _is_step(path):
        written = _value_at(path, data)
        return next((KINDS[kind] for kind in KINDS if kind in written), None)
    if path[0] == "triggers" and len(path) == 2:
        return trigger.Trigger
    return _PARTS.get(str(path[-1]))


def _is_step(path: Path) -> bool:
    return len(path) >= 2 and path[-2] == "steps"


def _value_at(path: Path, data: Any) -> Any:
    for part in path:
        data = data[part]
    return data if isinstance(data, dict) else {}


def plain_words(error: SchemaError) -> str:
    """Pydantic's words as a message of ours: lower case, no full stop."""
    text = re.sub(r"^Input should", "it should", error.message).rstrip(".")
    return text[:1].lower() + text[1:]
