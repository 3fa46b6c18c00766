"""What is in a message: the data of outside events, read from JSON, a form, or an ADF document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json

from auterity_sdk.dealership.adf import AdfRefused, AdfUnreadable, parse_adf
from auterity_server.plain_values import must_be_plain
from auterity_server.problems import Problem

_MOST_FIELDS = 1000


class Unreadable(Exception):
    """The body is not what the webhook's format says. The text quotes nothing of it."""


def read_body(body: bytes, format: str, received_at: datetime) -> Sequence[dict[str, Any]]:
    """The data of each outside event in a body: of an ADF document one for each lead. Raises `Unreadable`."""
    if format == "adf":
        return _leads(body, received_at)
    data = _form(body) if format == "form" else _json(body)
    try:
        must_be_plain(data, "the body")
    except Problem as problem:
        raise Unreadable(problem.detail) from None
    return [data]


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Unreadable("the body is no JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("the body is no object of JSON")
    return found


def _form(body: bytes) -> dict[str, Any]:
    """The fields as texts; one that comes several times is a list of them."""
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise Unreadable("the body is no form, or has too many fields") from None
    found: dict[str, Any] = {}
    for name, value in fields:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _leads(body: bytes, received_at: datetime) -> list[dict[str, Any]]:
    try:
        found = parse_adf(body, received_at=received_at)
    except (AdfRefused, AdfUnreadable):
        raise Unreadable("the body is no ADF document in which a person could be found") from None
    return [{"lead": each.model_dump(mode="json", exclude_none=True)} for each in found.leads]
