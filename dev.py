#!/usr/bin/env python3
"""The project's commands: demo, tests and checks, each with its set-up. Needs only Python 3.11+."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.environment import (
    BENCH_LOCK,
    LOCK,
    ROOT,
    SUPPORTED,
    Environment,
    Stop,
    bench_environment,
    main_environment,
    newer_python,
    other_environments,
    pip,
    ready,
    say,
    set_up,
)
from tools.services import require_services

RUNTIME_LOCK = ROOT / "requirements.lock"
SERVER_LOCK = ROOT / "requirements-server.lock"
BUILD_LOCK = ROOT / "requirements-build.lock"
SERVER_EXTRAS = ("scaled", "sentry", "otel")
LOCKER = "uv==0.13.9"
FUZZ_EXAMPLES = 100_000
STATIC_CHECKS = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy",),
    "layers": ("lint-imports",),
}
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis")


def static_checks(env: Environment, names: Sequence[str]) -> list[str]:
    """Run the checks and print a line for each; a failed one's output follows its line."""
    failed = []
    for name in names:
        tool, *arguments = STATIC_CHECKS[name]
        start = time.monotonic()
        done = subprocess.run(
            [env.tool(tool), *arguments], cwd=ROOT, capture_output=True, text=True
        )
        state = "failed" if done.returncode else "ok"
        print(f"{name:<8} {state:<7} {time.monotonic() - start:5.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    return failed


def pytest(env: Environment, *arguments: str, **variables: str) -> int:
    """Run pytest on every core; its own closing line stays the last one printed."""
    command = [str(env.python), "-m", "pytest", "-n", "auto", "--dist", "worksteal", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}).returncode


def run_test(options: argparse.Namespace) -> int:
    """Every check, then the tests; with --all-pythons the tests on each Python of this machine."""
    env = ready()
    require_services(env)
    failed = static_checks(env, list(STATIC_CHECKS))
    others = other_environments(options.python) if options.all_pythons or options.python else []
    if options.all_pythons and (missing := missing_pythons([env, *others])):
        say(f"not on this machine: Python {', '.join(missing)}")
    for other in others:
        set_up(other)
        print(f"tests on Python {other.version}", flush=True)
        if pytest(other, *options.rest):
            failed.append(f"tests on {other.version}")
    print(f"tests on Python {env.version}", flush=True)
    if pytest(env, *options.rest):
        failed.append("tests")
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def missing_pythons(environments: Sequence[Environment]) -> list[str]:
    """The supported versions that no environment has."""
    there = {env.version for env in environments}
    return [version for version in SUPPORTED if version not in there]


def run_lint(options: argparse.Namespace) -> int:
    """Format, lint and layers; with --fix, mend what can be mended first."""
    env = ready()
    if options.fix:
        subprocess.run([env.tool("ruff"), "check", "--fix", "--quiet", "."], cwd=ROOT)
        subprocess.run([env.tool("ruff"), "format", "--quiet", "."], cwd=ROOT)
    return 1 if static_checks(env, ["format", "lint", "layers"]) else 0


def run_types(options: argparse.Namespace) -> int:
    """mypy, strict."""
    return 1 if static_checks(ready(), ["types"]) else 0


def run_docs(options: argparse.Namespace) -> int:
    """Links, and every command shown; with --fix, write the real output into the pages."""
    env = ready()
    if options.fix:
        fix = [str(env.python), "tests/docs/console.py", "--fix", *options.rest]
        return subprocess.run(fix, cwd=ROOT).returncode
    return pytest(env, "tests/docs", *options.rest)


def run_fuzz(options: argparse.Namespace) -> int:
    """Feed 100,000 hostile inputs (or --examples) to the YAML loader, and as many to the ADF reader."""
    failed = 0
    for name in ("document", "adf"):
        say(f"fuzzing: {name}")
        command = [str(ready().python), f"tests/fuzz/{name}.py", str(options.examples)]
        failed |= subprocess.run(command, cwd=ROOT).returncode
    return failed


def run_soak(options: argparse.Namespace) -> int:
    """20,000 runs, workers killed at random meanwhile: nothing may be lost or doubled. Up to 30 minutes."""
    command = [str(ready().python), "-m", "tests.runtime.soak", *options.rest]
    return subprocess.run(command, cwd=ROOT).returncode


def run_bench(options: argparse.Namespace) -> int:
    """The benchmarks, which print ratios, in an environment that has the libraries to compare with."""
    env = bench_environment()
    set_up(env)
    command = [str(env.python), "-m", "benchmarks", *options.rest]
    return subprocess.run(command, cwd=ROOT).returncode


def run_demo(options: argparse.Namespace) -> int:
    """The main job, on this terminal."""
    command = str(ready().tool("auterity"))
    os.chdir(ROOT)
    os.execv(command, [command, "demo", *options.rest])  # noqa: S606 - our own command


def run_setup(options: argparse.Namespace) -> int:
    """Only the set-up."""
    say(f"ready: {ready().folder}")
    return 0


def run_clean(options: argparse.Namespace) -> int:
    """Remove the environments and caches."""
    for path in [*ROOT.glob(".venv*"), *(ROOT / name for name in CACHES)]:
        path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    return 0


def run_lock(options: argparse.Namespace) -> int:
    """Write the locks anew: every supported Python, hashes, no address. Pins stay unless --upgrade."""
    with tempfile.TemporaryDirectory() as folder:
        env = Environment(Path(folder), main_environment().interpreter, main_environment().version)
        subprocess.run([env.interpreter, "-m", "venv", folder], check=True)
        pip(env, LOCKER)
        compile_lock(env, RUNTIME_LOCK, *options.rest)
        compile_lock(env, LOCK, "--group", "dev", "--constraint", RUNTIME_LOCK.name, *options.rest)
        extras = [word for extra in SERVER_EXTRAS for word in ("--extra", extra)]
        compile_lock(env, SERVER_LOCK, *extras, "--constraint", LOCK.name, *options.rest)
        compile_lock(env, BUILD_LOCK, *options.rest, wanted=build_requirements())
        groups = ("--group", "dev", "--group", "bench", "--constraint", LOCK.name)
        compile_lock(env, BENCH_LOCK, *groups, *options.rest)
    return 0


def build_requirements() -> str:
    """What pyproject.toml asks for to build the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return "\n".join(project["build-system"]["requires"])


def compile_lock(env: Environment, lock: Path, *arguments: str, wanted: str | None = None) -> None:
    """Resolve pyproject.toml, or what is `wanted`, into `lock`, heedless of this machine's own settings."""
    source = "pyproject.toml" if wanted is None else "-"
    scope = ("--universal", "--python-version", SUPPORTED[0], "--generate-hashes")
    plain = ("--no-annotate", "--no-header", "--no-config", "--system-certs", "--quiet")
    command = [str(env.tool("uv")), "pip", "compile", source, *scope, *plain]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    done = subprocess.run(
        [*command, "--output-file", lock.name, *arguments],
        cwd=ROOT,
        env=clean,
        stdout=subprocess.DEVNULL,
        input=wanted,
        text=True,
    )
    if done.returncode:
        raise Stop(f"{lock.name} could not be resolved; it is as it was")


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": run_demo,
    "test": run_test,
    "setup": run_setup,
    "lint": run_lint,
    "types": run_types,
    "docs": run_docs,
    "fuzz": run_fuzz,
    "soak": run_soak,
    "bench": run_bench,
    "lock": run_lock,
    "clean": run_clean,
}


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Options of dev.py; what it does not know goes to the tool that the command runs."""
    summary = "\n".join(f"  {name:<7} {run.__doc__}" for name, run in COMMANDS.items())
    parser = argparse.ArgumentParser(
        "dev.py", description=summary, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("--fix", action="store_true", help="lint, docs: mend in place")
    parser.add_argument("--all-pythons", action="store_true", help="test: each Python on PATH")
    parser.add_argument("--python", action="append", default=[], help="test: one more Python")
    parser.add_argument(
        "--examples", type=int, default=FUZZ_EXAMPLES, help="fuzz: inputs for each reader"
    )
    options, rest = parser.parse_known_args(arguments)
    options.rest = [word for word in rest if word != "--"]
    return options


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code."""
    try:
        options = parse(arguments)
        return COMMANDS[options.command](options)
    except Stop as stop:
        say(f"dev.py: {stop}")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    running = "{}.{}".format(*sys.version_info)
    if running not in SUPPORTED and (other := newer_python()):
        os.execv(other, [other, *sys.argv])  # noqa: S606 - this file again
    if running not in SUPPORTED:
        say(
            f"Auterity needs Python {SUPPORTED[0]} to {SUPPORTED[-1]} and this is {running}: "
            "install one, then run: make PYTHON=/path/to/it"
        )
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
