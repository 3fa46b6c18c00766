"""The virtual environments of the project: made once from the lock, made again when it changes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:
    sys.exit("dev.py and make need macOS or Linux; on Windows, work inside WSL")

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-dev.lock"
BENCH_LOCK = ROOT / "requirements-bench.lock"
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
UNREACHABLE = ("Retrying (Retry(", "NewConnectionError", "NameResolutionError", "ConnectTimeout")


class Stop(Exception):
    """Ends the command with a message for the person at the terminal."""


def say(text: str) -> None:
    """Progress goes to standard error, so that standard output stays the tool's own."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Environment:
    """One virtual environment: `folder`, made by the Python at `interpreter` of `version` ("3.11"), with what a lock names."""

    folder: Path
    interpreter: str
    version: str
    lock: Path | None = None

    @property
    def python(self) -> Path:
        """The environment's own Python."""
        return self.tool("python")

    @property
    def locked(self) -> Path:
        """The lock of its packages: the development's, unless it has its own."""
        return self.lock or LOCK

    @property
    def stamp(self) -> Path:
        """Written last: an environment without it was interrupted and is made again."""
        return self.folder / ".complete"

    def tool(self, name: str) -> Path:
        """The path of an installed command."""
        return self.folder / "bin" / name


def digest(*parts: bytes) -> str:
    """A short name for the contents of `parts`."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def wanted_stamp(env: Environment) -> tuple[str, str]:
    """What the packages depend on, and what the project's own installation depends on."""
    made_of = digest(str(env.folder).encode(), env.version.encode(), env.locked.read_bytes())
    return made_of, digest((ROOT / "pyproject.toml").read_bytes())


def set_up(env: Environment) -> None:
    """Make `env` ready; nothing is done where it already is."""
    wanted = wanted_stamp(env)
    with alone(env):
        found = stamp_of(env)
        if found == wanted:
            return
        env.stamp.unlink(missing_ok=True)
        if found[0] != wanted[0]:
            make_environment(env)
        pip(env, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        compile_sources(env)
        env.stamp.write_text("\n".join(wanted), encoding="utf-8")


def stamp_of(env: Environment) -> tuple[str, str]:
    """The stamp of the last complete set-up, or empty words."""
    if not env.python.exists() or not env.stamp.exists():
        return "", ""
    made_of, _, project = env.stamp.read_text(encoding="utf-8").partition("\n")
    return made_of, project


def make_environment(env: Environment) -> None:
    """Make the virtual environment from nothing and install the locked packages."""
    say(f"setting up {env.folder.name} with Python {env.version} (once, about half a minute) ...")
    require_venv_module(env)
    shutil.rmtree(env.folder, ignore_errors=True)
    made = subprocess.run(
        [env.interpreter, "-m", "venv", str(env.folder)], capture_output=True, text=True
    )
    if made.returncode:
        raise Stop(f"{env.interpreter} -m venv failed:\n{made.stdout}{made.stderr}")
    pip(env, "--require-hashes", "--requirement", str(env.locked))


def pip(env: Environment, *arguments: str) -> None:
    """Run `pip install` quietly; say what to do next if it fails."""
    command = [str(env.python), "-m", "pip", "install", "--quiet", "--no-input"]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )
    if done.returncode == 0:
        return
    if any(sign in done.stdout for sign in UNREACHABLE):
        raise Stop(
            "the package index cannot be reached: connect this machine (or set PIP_INDEX_URL to a mirror) "
            "and run the same command again"
        )
    raise Stop(f"pip could not install the packages:\n{done.stdout.strip()}")


def compile_sources(env: Environment) -> None:
    """Write the project's bytecode, as pip does for all that it installs but an editable project.

    Where PYTHONDONTWRITEBYTECODE is set, each start of the command would compile a hundred files anew.
    """
    command = [str(env.python), "-m", "compileall", "-q", str(ROOT / "src")]
    subprocess.run(command, stdout=subprocess.DEVNULL)


def require_venv_module(env: Environment) -> None:
    """Debian and Ubuntu pack `venv` apart from Python: install it where we may, else name it."""
    if has_venv_module(env):
        return
    package = f"python{env.version}-venv"
    install = ["apt-get", "install", "-y", "-qq", package]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Python's venv module is missing: installing {package} ...")
        unattended = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, stdout=subprocess.DEVNULL, env=unattended)
    if not has_venv_module(env):
        raise Stop(
            f"{env.interpreter} has no venv module; "
            f"on Debian and Ubuntu install it with: sudo apt-get install {package}"
        )


def has_venv_module(env: Environment) -> bool:
    """Whether the interpreter can make a virtual environment with pip in it."""
    probe = [env.interpreter, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True).returncode == 0


@contextlib.contextmanager
def alone(env: Environment) -> Iterator[None]:
    """Hold the set-up of `env` against other processes; the lock ends with the process."""
    with (ROOT / f"{env.folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another set-up of {env.folder.name} to end ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main_environment() -> Environment:
    """`.venv`, made by the Python that runs this file."""
    interpreter = getattr(sys, "_base_executable", None) or sys.executable
    return Environment(ROOT / ".venv", interpreter, "{}.{}".format(*sys.version_info))


def bench_environment() -> Environment:
    """`.venv-bench`: what development needs, and the libraries that benchmarks compare with."""
    main = main_environment()
    return Environment(ROOT / ".venv-bench", main.interpreter, main.version, BENCH_LOCK)


def other_environments(paths: Sequence[str]) -> list[Environment]:
    """`.venv-3.12` and so on: from `paths`, then from the supported Pythons on PATH."""
    found: dict[str, Environment] = {}
    candidates = [*paths, *filter(None, (shutil.which(f"python{v}") for v in SUPPORTED))]
    for path in candidates:
        version = version_of(path)
        if version in SUPPORTED and version != main_environment().version:
            found.setdefault(version, Environment(ROOT / f".venv-{version}", path, version))
        elif path in paths and version not in SUPPORTED:
            raise Stop(f"{path} is not a Python of {SUPPORTED[0]} to {SUPPORTED[-1]}")
    return [found[version] for version in SUPPORTED if version in found]


def version_of(path: str) -> str:
    """ "3.12" for a Python that runs, else an empty word (a version manager's shim may not)."""
    probe = [path, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    try:
        done = subprocess.run(probe, capture_output=True, text=True, timeout=60)
    except OSError:
        return ""
    return done.stdout.strip()


def ready() -> Environment:
    """The main environment, set up."""
    env = main_environment()
    set_up(env)
    return env


def newer_python() -> str | None:
    """A supported Python on PATH, for whoever's `python3` is too old (or too new)."""
    paths = (shutil.which(f"python{version}") for version in SUPPORTED)
    return next((path for path in paths if path and version_of(path) in SUPPORTED), None)
