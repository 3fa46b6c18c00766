"""What the README shows of one server process is so with an API process and workers on PostgreSQL and Redis too."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

import console
from served import Served

HEADING = "\n## On a server\n"


def test_the_readme_is_true_of_a_scaled_server(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    settings = {
        "AUTERITY_DATABASE_URL": postgres_url,
        "AUTERITY_BROKER_URL": redis_url,
        "AUTERITY_SEAL_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }

    def scaled(folder: Path, environment: dict[str, str]) -> Served:
        return Served(folder, environment, settings, workers=1)

    text = (console.ROOT / "README.md").read_text(encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(text[text.index(HEADING) :], encoding="utf-8")
    found = console.differences(page, start=scaled)
    assert found == [], "\n".join(map(str, found))
