"""`python -m auterity_server.health.probe`: asks the process of this container whether it is ready. Exit code 0: it is."""

from __future__ import annotations

import http.client
import os
import sys

_PATIENCE = 4.0


def main() -> int:
    """Ask at the port for probes, or else at that of the API, and say what is not well."""
    given = os.environ.get
    port = int(given("AUTERITY_PROBE_PORT") or given("AUTERITY_PORT") or "8420")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except OSError as error:
        said = f"no answer on port {port} ({type(error).__name__})"
        return _fail(said)
    finally:
        connection.close()
    return 0 if answer.status == http.client.OK else _fail(said)


def _fail(said: str) -> int:
    sys.stderr.write(f"{said}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
