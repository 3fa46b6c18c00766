"""Another system, which signs what it sends: written from the specifications, and from nothing of the server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

import httpx2


def standard(
    secret: str, body: bytes, message: str = "msg_1", at: int | None = None
) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    when = str(int(time.time()) if at is None else at)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message}.{when}.".encode() + body
    made = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message,
        "webhook-timestamp": when,
        "webhook-signature": f"v1,{made}",
    }


def plain(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    """The HMAC of a body in hexadecimal digits."""
    return hmac.new(secret.encode(), body, algorithm).hexdigest()


def post(url: str, body: bytes, headers: dict[str, str], **more: Any) -> httpx2.Response:
    """What another system does."""
    return httpx2.post(url, content=body, headers=headers, timeout=20, verify=False, **more)
