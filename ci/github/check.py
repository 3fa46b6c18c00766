"""The step of the GitHub Action that checks workflows: settings are read from the environment, never from a shell's line.

Its exit code is 0 whatever was found, so that the findings can be uploaded; it gives the code as an output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOTHING = 3
"""The exit code of `auterity validate` where there is no workflow file."""


def main(environment: Mapping[str, str]) -> int:
    """Check, and write `exit-code`, `sarif` and `upload` to the step's outputs."""
    foreign = comes_from_a_fork(event_of(environment))
    sarif = Path(environment["RUNNER_TEMP"]) / "auterity.sarif"
    wanted = yes(environment, "SARIF")
    command = command_of(environment, foreign=foreign, sarif=sarif if wanted else None)
    if foreign:
        say("from a fork: YAML is read, and no Python of the project is run")
    code = subprocess.run(command, check=False).returncode  # noqa: S603 - no shell, options by name
    if code == NOTHING and not yes(environment, "REQUIRE"):
        say("::notice::no workflow file was found")
        code = 0
    # The token of a pull request from a fork may not write, so there is nothing to upload with.
    upload = wanted and not foreign and sarif.is_file()
    outputs = {"exit-code": code, "sarif": sarif, "upload": str(upload).lower()}
    with Path(environment["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as opened:
        opened.writelines(f"{name}={value}\n" for name, value in outputs.items())
    return 0


def command_of(environment: Mapping[str, str], *, foreign: bool, sarif: Path | None) -> list[str]:
    """The command, with one argument for each line of the input `files`."""
    files = [line.strip() for line in environment.get("INPUT_FILES", "").splitlines()]
    since = environment.get("INPUT_CHANGED_SINCE", "").strip()
    return [
        environment.get("AUTERITY", "auterity"),
        "validate",
        "--format=github",
        *([f"--format=sarif={sarif}"] if sarif else []),
        *(["--strict"] if yes(environment, "STRICT") else []),
        *(["--no-python"] if foreign or yes(environment, "NO_PYTHON") else []),
        *([f"--changed-since={since}"] if since else []),
        "--",
        *filter(None, files),
    ]


def say(text: str) -> None:
    """A line of the step's log, before those of the check."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def yes(environment: Mapping[str, str], name: str) -> bool:
    """Whether an input is `true`."""
    return environment.get(f"INPUT_{name}", "").strip().lower() == "true"


def event_of(environment: Mapping[str, str]) -> Mapping[str, Any]:
    """What the job runs for, as GitHub wrote it down."""
    event: Mapping[str, Any] = json.loads(
        Path(environment["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8")
    )
    return event


def comes_from_a_fork(event: Mapping[str, Any]) -> bool:
    """Whether the files may be a stranger's: whatever is not surely from the repository itself is taken for it."""
    own = name_of(event.get("repository"))
    if "pull_request" in event:
        head = event["pull_request"].get("head") or {}
        return own is None or name_of(head.get("repo")) != own
    if "workflow_run" in event:
        return own is None or name_of(event["workflow_run"].get("head_repository")) != own
    return "pull_request" in (event.get("issue") or {})


def name_of(repository: Any) -> str | None:
    """`owner/name`; None for a repository that is gone."""
    return repository.get("full_name") if isinstance(repository, dict) else None


if __name__ == "__main__":
    sys.exit(main(os.environ))
