"""The reference of the command line."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import typer

from auterity_cli.app import COMMANDS, Commands, app
from auterity_cli.exit_codes import ExitCode
from tools.pages.tables import table

_NOT_LISTED = frozenset({"--install-completion", "--show-completion", "--help"})
_NAMES = {str: "TEXT", int: "NUMBER", float: "NUMBER", Path: "PATH"}
_MEANING = {
    ExitCode.OK: "clean, or the run ended well; warnings alone too, unless `--strict`",
    ExitCode.FINDINGS: "findings, or a failed run",
    ExitCode.USAGE: "wrong usage or configuration",
    ExitCode.NOTHING: "nothing to check",
    ExitCode.SIGN_IN: "nobody is signed in to the server, or no longer",
    ExitCode.OTHER_SIDE: "the other side failed: a store, a server, a disk",
    ExitCode.WAITING: "the run waits",
    ExitCode.CHANGES: "there are changes (`diff --exit-code`, `plan --exit-code`)",
    ExitCode.INTERNAL: "an internal error: a defect of Auterity",
    ExitCode.INTERRUPTED: "interrupted",
}


def exit_codes() -> str:
    """Every exit code."""
    return table(("code", "meaning"), [(str(int(code)), _MEANING[code]) for code in ExitCode])


def reference() -> str:
    """Every command, with its arguments and options."""
    group = typer.main.get_command(app)
    if not isinstance(group, Commands):
        raise TypeError("the command line has no commands")
    found = ((name, group.get_command(None, name)) for name in COMMANDS)
    return "\n\n".join(section for name, command in found for section in _sections(name, command))


def _sections(name: str, command: Any) -> Iterator[str]:
    yield _section(name, command)
    for inner in getattr(command, "commands", {}).values():
        yield _section(f"{name} {inner.name}", inner)


def _section(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if _is_listed(each)]
    usage = " ".join([f"auterity {name}", *(_usage(each) for each in arguments)])
    parts = [
        f"## `{usage}`",
        inspect.cleandoc(command.help or ""),
        table(("argument", "meaning"), [(f"`{_metavar(a)}`", _help(a)) for a in arguments]),
        table(("option", "meaning"), [(_written(option), _help(option)) for option in options]),
    ]
    return "\n\n".join(part for part in parts if part)


def _is_listed(option: Any) -> bool:
    return (
        option.param_type_name == "option"
        and not _NOT_LISTED.intersection(option.opts)
        and not option.hidden
    )


def _metavar(argument: Any) -> str:
    return (argument.metavar or argument.name or "").strip("[]").upper()


def _usage(argument: Any) -> str:
    shown = _metavar(argument) + ("…" if argument.nargs == -1 else "")
    return shown if argument.required else f"[{shown}]"


def _written(option: Any) -> str:
    value = "" if option.is_flag else f" {_values(option)}"
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    return names + value


def _values(option: Any) -> str:
    if option.metavar:
        return f"`{option.metavar}`"
    kind = option.type_descriptor.annotation
    kind = next(iter(get_args(kind)), kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"`{'|'.join(str(choice.value) for choice in kind)}`"
    return f"`{_NAMES[kind]}`"


def _help(parameter: Any) -> str:
    said = [(parameter.help or "").strip()]
    if (envvar := getattr(parameter, "envvar", None)) is not None:
        said.append(f"Also `{envvar}`.")
    if parameter.required and parameter.param_type_name == "option":
        said.append("Required.")
    if getattr(parameter, "multiple", False):
        said.append("May be given several times.")
    given = parameter.default
    flag = getattr(parameter, "is_flag", False)
    if (
        given is not None
        and not flag
        and not callable(given)
        and getattr(parameter, "show_default", True)
    ):
        said.append(f"Default: `{given.value if isinstance(given, Enum) else given}`.")
    return " ".join(filter(None, said))
