"""Signs the first owner in by the link that a server printed, and writes the token for ZAP: `zap_token.py SAID TOKEN`."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
import urllib.request
from pathlib import Path

_PATIENCE = 60


def main(said: Path, token: Path) -> int:
    """Wait for what the server says, and sign in."""
    ends = time.monotonic() + _PATIENCE
    while not said.exists() or not said.read_text(encoding="utf-8").endswith("\n"):
        if time.monotonic() > ends:
            sys.stderr.write("the server did not start\n")
            return 1
        time.sleep(0.2)
    server = json.loads(said.read_text(encoding="utf-8"))
    link = server["sign_in_link"].partition("#")[2]
    body = json.dumps({"token": link, "password": secrets.token_urlsafe(24)}).encode()
    request = urllib.request.Request(  # noqa: S310 - the address is the server's own
        f"{server['url']}/api/v1/sign-in/link", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        issued = json.load(answer)
    file = os.open(token, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as written:
        written.write(issued["access_token"])
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
