"""`python -m tests.deploy.install_steps`: the Dockerfile's steps without an engine, and the server that they make.

Runs each COPY and RUN of the build stage below a folder of its own, with this Python in place of the image's; then the
last stage's command with its variables, its health check, and a stop signal. Takes some minutes: it installs the lock.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deploy.dockerfile import ROOT, Stage, of_the_server


def main() -> int:
    build, last = of_the_server()
    with tempfile.TemporaryDirectory() as folder:
        _build(build, Path(folder))
        _serve(last, Path(folder))
    sys.stdout.write("the image's steps work, and its server is ready and stops\n")
    return 0


def _build(stage: Stage, root: Path) -> None:
    source = root / "source"
    source.mkdir()
    for each in stage.instructions:
        if each.name == "COPY":
            *names, to = each.words
            for name in names:
                _copy(ROOT / name, source / (name if to == "./" else to))
        elif each.name == "RUN":
            command = each.text.replace("/opt/", f"{root}/opt/").replace(
                "python -m venv", f"{sys.executable} -m venv"
            )
            subprocess.run(command, shell=True, cwd=source, check=True)  # noqa: S602 - our own file


def _copy(come: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if come.is_dir():
        shutil.copytree(come, to, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(come, to)


def _serve(stage: Stage, root: Path) -> None:
    programs = root / "opt" / "auterity" / "bin"
    data = root / "data"
    environment = {
        **stage.environment,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "AUTERITY_DATA": str(data),
        "AUTERITY_HOST": "127.0.0.1",
        "AUTERITY_PORT": "18420",
    }
    (start,), (arguments,) = stage.all("ENTRYPOINT"), stage.all("CMD")
    command = [str(programs / start.words[0]), *start.words[1:], *arguments.words, "--json"]
    with subprocess.Popen(command, env=environment, cwd=root, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        said = json.loads(server.stdout.readline())
        assert said["url"].endswith(":18420"), said
        (check,) = stage.all("HEALTHCHECK")
        probe = json.loads(check.text.partition("CMD ")[2])
        subprocess.run([programs / probe[0], *probe[1:]], env=environment, check=True)
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


if __name__ == "__main__":
    sys.exit(main())
