"""Files as git knows them: at a revision, and which of them changed since."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from msgspec import Struct

from auterity_sdk.errors import ConfigurationError, UsageError

_SECONDS = 60
# A repository may be a stranger's: nothing that its settings name is run, and nothing is fetched.
_SAFE = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}


class Changed(Struct, frozen=True):
    """Files that differ from a revision: those that there are, and those that are gone. Paths are absolute."""

    there: frozenset[Path]
    gone: frozenset[Path]


class Repository(Struct, frozen=True):
    """A git repository with a working tree, at its top folder."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """The repository that a folder is in. Raises `UsageError` where there is none."""
        answer = _git(folder, "rev-parse", "--show-toplevel")
        if answer.returncode:
            raise UsageError(
                f"{folder} is in no git repository: {_reason(answer)}",
                help="run it in a checkout, or leave the revision out",
            )
        return cls(Path(os.fsdecode(answer.stdout.removesuffix(b"\n"))).resolve())

    def commit(self, revision: str) -> str:
        """The commit that a revision (`main`, `HEAD~2`, a hash) names. Raises `UsageError` for none."""
        wanted = f"{revision}^{{commit}}"
        # A name that begins with a dash is no option of git's.
        arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        answer = None if "\0" in revision else _git(self.root, *arguments)
        if answer is None or answer.returncode:
            raise UsageError(
                f"git knows no revision `{revision}` here",
                help="a shallow clone knows its last commits only: fetch more of them"
                if (self.root / ".git" / "shallow").is_file()
                else "git log --oneline shows the revisions",
            )
        return answer.stdout.decode("ascii").strip()

    def file_at(self, revision: str, file: Path) -> bytes:
        """A file as it was. Raises `UsageError` where it was not there."""
        found = self.find_at(self.commit(revision), file)
        if found is None:
            raise UsageError(
                f"{file} was not there at `{revision}`",
                help="name an earlier or later revision, or compare two files",
            )
        return found

    def find_at(self, commit: str, file: Path) -> bytes | None:
        """A file as it was at a commit, or None where it was not there."""
        try:
            inside = (file.parent.resolve() / file.name).relative_to(self.root)
        except ValueError:
            raise UsageError(f"{file} is outside of the repository {self.root}") from None
        answer = _git(self.root, "cat-file", "blob", f"{commit}:{inside.as_posix()}")
        return None if answer.returncode else answer.stdout

    def changed_since(self, revision: str) -> Changed:
        """The files of the working tree that differ from a revision, new ones that git does not ignore too."""
        commit = self.commit(revision)
        listed = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
        compared = self._names("diff", *listed, "--ignore-submodules=all", commit, "--")
        new = self._names("ls-files", "-z", "--others", "--exclude-standard")
        paths = {self.root / name for name in (*compared, *new)}
        there = frozenset(path for path in paths if path.is_file())
        return Changed(there, frozenset(paths - there))

    def _names(self, *arguments: str) -> list[str]:
        answer = _git(self.root, *arguments)
        if answer.returncode:
            raise UsageError(f"git {arguments[0]} failed: {_reason(answer)}")
        return [os.fsdecode(name) for name in answer.stdout.split(b"\0") if name]


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(folder), "--no-pager", *_SAFE, *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell; names that users give stand behind --end-of-options
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, **_ENVIRONMENT},
        )
    except FileNotFoundError:
        raise ConfigurationError("git is not installed", help="install git") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git {arguments[0]} took longer than {_SECONDS} seconds") from None


def _reason(answer: subprocess.CompletedProcess[bytes]) -> str:
    said = answer.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[0].removeprefix("fatal: ") if said else "it said nothing"
