"""The command table, and how a command's errors become a message and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from auterity_cli.exit_codes import ExitCode
from auterity_sdk.errors import (
    AuterityError,
    BuildError,
    InvalidWorkflow,
    PushRefused,
    ServerUnavailable,
    SignInNeeded,
    StepError,
    StoreUnavailable,
    UsageError,
)


class Entry(NamedTuple):
    """A command's panel in `--help`, and its line there."""

    panel: str
    help: str


WRITE, RUN, HOST, PROJECT = "Write and check", "Run", "Hosted", "Project"

COMMANDS = {
    "init": Entry(PROJECT, "Make a project in which validate, run and the test pass at once."),
    "validate": Entry(WRITE, "Check workflow files, and show what to mend."),
    "test": Entry(WRITE, "Play the cases of test files, in memory and in no time."),
    "eval": Entry(WRITE, "Tell how right the ai steps of a workflow are over labelled cases."),
    "explain": Entry(WRITE, "Say what a rule checks, why, and how to mend it."),
    "diff": Entry(WRITE, "Show what differs between two versions of a workflow."),
    "graph": Entry(WRITE, "Draw a workflow, in the terminal, as Mermaid or as SVG."),
    "convert": Entry(WRITE, "Write a YAML workflow as Python, or the other way round."),
    "lsp": Entry(WRITE, "Serve an editor: findings while you type, completion, quick fixes."),
    "schema": Entry(WRITE, "Print the JSON Schema of workflow files, for editors."),
    "run": Entry(RUN, "Check a workflow, then run it here."),
    "runs": Entry(RUN, "List, show, follow, replay, fork, migrate, resume or cancel runs."),
    "logs": Entry(RUN, "Print what happened in all runs or in one, and follow what happens."),
    "plan": Entry(RUN, "Show what a new version of a workflow means for the runs that there are."),
    "worker": Entry(RUN, "Carry on what is due in the project's store, until it is stopped."),
    "triggers": Entry(RUN, "Show what starts runs: when next, and what it started last."),
    "approve": Entry(RUN, "Approve or reject what a run asks for."),
    "send": Entry(RUN, "Send an outside event to the runs that wait for it."),
    "outbox": Entry(RUN, "Show the messages that steps sent to the local outbox."),
    "usage": Entry(RUN, "Show what calls of language models took: tokens and dollars."),
    "login": Entry(HOST, "Sign in to a server, in a browser or by an API key."),
    "logout": Entry(HOST, "Sign out, and forget the tokens here."),
    "context": Entry(HOST, "List, show and choose servers and their environments."),
    "users": Entry(HOST, "List the people of an organisation, and invite somebody."),
    "keys": Entry(HOST, "List, make and revoke API keys, by which programs sign in."),
    "trusts": Entry(
        HOST, "List, add and remove CI services whose jobs sign in by tokens of their own."
    ),
    "push": Entry(HOST, "Check workflows, and make them live in an environment."),
    "pull": Entry(HOST, "Write the workflows that are live into files."),
    "versions": Entry(HOST, "List the versions of a workflow, and which one is live."),
    "promote": Entry(HOST, "Make live in one environment what is live in another."),
    "rollback": Entry(HOST, "Make an earlier version of a workflow live again."),
    "confirm": Entry(HOST, "As a second person, let a pending version go live, or not."),
    "trigger": Entry(HOST, "Start a run of a workflow that is live, and follow it."),
    "schedule": Entry(HOST, "List the schedules of what is live, and let them rest."),
    "webhooks": Entry(HOST, "Make, list and delete addresses at which other systems start runs."),
    "secrets": Entry(HOST, "Set, list and delete secrets of an environment's workflows."),
    "connections": Entry(HOST, "Set, list and delete what an environment's workflows speak with."),
    "server": Entry(HOST, "Run workflows for many stores: API and worker in one process."),
    "knowledge": Entry(PROJECT, "Search a project's own documents, as steps do."),
    "demo": Entry(PROJECT, "See an internet lead go through a checked workflow."),
    "cache": Entry(PROJECT, "Forget verdicts that validate remembers."),
    "doctor": Entry(PROJECT, "Say what is missing on this machine and how to get it."),
}
"""Every command is the module of its name in `commands/`, imported when it is used, but for those of `JOINED`."""

JOINED = {"server": "server"}
"""Commands that join by an entry point of the group `auterity.commands`, and the extra that brings what they need."""

JOINED_FOR_SERVERS = {"worker": "server"}
"""The same for commands that have another form where the environment says where a server's data is."""

_SERVERS_DATA = ("AUTERITY_DATA", "AUTERITY_DATABASE_URL", "AUTERITY_BROKER_URL")


class Commands(TyperGroup):
    """The commands by name: a module is imported only for the command that is run."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Typer proposes a similar name from these keys; the commands themselves come from get_command.
        names: Any = self.commands
        names.update(dict.fromkeys(COMMANDS))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base's signature
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(_app_of(cmd_name))
        command.help = command.help or COMMANDS[cmd_name].help
        _guard(command)
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """The table's lines, without importing a command."""
        for panel in dict.fromkeys(entry.panel for entry in COMMANDS.values()):
            rows = [(name, entry.help) for name, entry in COMMANDS.items() if entry.panel == panel]
            with formatter.section(panel):
                formatter.write_dl(rows)


app = typer.Typer(
    cls=Commands,
    name="auterity",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from auterity_sdk import __version__

        typer.echo(f"auterity {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Dealership workflows as code: checked before they run, durable while they run."""


def run() -> int:
    """Run the command line; gives the exit code."""
    try:
        typer.main.get_command(app)(prog_name="auterity")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except OSError as error:
        return _refused(error)
    except Exception as error:  # noqa: BLE001 - the outermost border: no traceback reaches a user
        return _internal(error)
    return 0


def _app_of(name: str) -> Any:
    """The Typer application of a command. Ends the process, with what to install, where a joined one cannot be had."""
    for_server = any(map(os.environ.get, _SERVERS_DATA))
    extra = (JOINED | JOINED_FOR_SERVERS if for_server else JOINED).get(name)
    if extra is None:
        return import_module(f"auterity_cli.commands.{name}").app
    from importlib.metadata import entry_points  # here: it reads a file of each installed package

    try:
        for point in entry_points(group="auterity.commands", name=name):
            return point.load()
    except ImportError:
        pass  # the command is there, and what it needs is not
    missing = UsageError(
        f"`auterity {name}` needs packages that are not installed",
        help=f"pip install 'auterity[{extra}]'",
    )
    raise typer.Exit(_told(missing))


def _guard(command: Any) -> None:
    """Errors of a command, and of those in its group, end in a message and a code, never in a traceback."""
    for inner in getattr(command, "commands", {}).values():
        _guard(inner)
    if command.callback is not None:
        command.callback = guarded(command.callback)


def guarded(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The callback, with its exceptions told to the user."""

    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return callback(*arguments, **options)
        except AuterityError as error:
            raise typer.Exit(_told(error)) from None
        except KeyboardInterrupt:
            _say("interrupted")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            # The reader went away, as `head` does; the interpreter must not complain at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.OK) from None
        except typer.Exit:
            raise
        except OSError as error:
            raise typer.Exit(_refused(error)) from None
        except Exception as error:  # noqa: BLE001 - the outermost border: no traceback reaches a user
            raise typer.Exit(_internal(error)) from None

    return call


def _told(error: AuterityError) -> ExitCode:
    from auterity_cli.output.printable import printable

    place = f"{error.file}:{error.line}: " if isinstance(error, BuildError) and error.file else ""
    _say(f"error: {printable(place + error.message)}")
    if error.help:
        _say(f"  help: {printable(error.help)}")
    match error:
        case UsageError():
            return ExitCode.USAGE
        case InvalidWorkflow() | StepError() | PushRefused():
            return ExitCode.FINDINGS
        case SignInNeeded():
            return ExitCode.SIGN_IN
        case StoreUnavailable() | ServerUnavailable():
            return ExitCode.OTHER_SIDE
        case _:
            return ExitCode.USAGE


def _refused(error: OSError) -> ExitCode:
    """What the system would not do: no space is left, or the descriptors are used up."""
    reason = (error.strerror or type(error).__name__).lower()
    _say(f"error: {error.filename}: {reason}" if error.filename else f"error: {reason}")
    return ExitCode.OTHER_SIDE


def _internal(error: Exception) -> ExitCode:
    if os.environ.get("AUTERITY_DEBUG"):
        import traceback

        traceback.print_exception(error)
    # The text of an unforeseen error may quote a customer's data: only its type is shown.
    _say(f"internal error: {type(error).__name__}; this is a defect of Auterity")
    _say(
        "  help: run it again with AUTERITY_DEBUG=1 and report what is printed, without personal data"
    )
    return ExitCode.INTERNAL


def _say(text: str) -> None:
    typer.echo(text, err=True)
