"""What a scripted server on loopback answers with: JSON, problems, streams of events."""

from __future__ import annotations

import json
from typing import Any

from tests.connections.web_server import answer

WHO = {"id": "u1", "kind": "user", "name": "Dana", "memberships": []}


def told(data: Any, status: int = 200, **headers: str) -> bytes:
    return answer(status, json.dumps(data).encode(), content_type="application/json", **headers)


def problem(status: int, code: str, detail: str = "no", **more: Any) -> bytes:
    data = {
        "type": f"urn:auterity:problem:{code}",
        "title": "No",
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    body = json.dumps(data).encode()
    return answer(status, body, content_type="application/problem+json; charset=utf-8")


def event(seq: int, kind: str = "StepStarted") -> dict[str, Any]:
    time = "2026-11-28T15:00:00.000+00:00"
    return {"run_id": "r1", "seq": seq, "event": kind, "time": time, "at": 1795878000000}


def stream(*events: dict[str, Any], broken: bool = False, end: str = "\n") -> bytes:
    """A stream of events; `broken`: the connection ends in the middle of it, with half a message."""
    text = f": hello{end}{end}"
    for each in events:
        text += f"id: {each['seq']}{end}data: {json.dumps(each)}{end}{end}"
    head = "HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    body = text.encode()
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n"
    return head.encode() + chunk + (b'40\r\ndata: {"seq"' if broken else b"0\r\n\r\n")


def of_headers(request: str, name: str) -> str | None:
    """A header of a request that the server kept."""
    for line in request.partition("\r\n\r\n")[0].splitlines()[1:]:
        found, _, value = line.partition(": ")
        if found.lower() == name:
            return value
    return None
