"""The shell around the language server's functions: pygls, the files that are open, and their checks."""

from __future__ import annotations

import asyncio
import os
import shutil
import traceback
from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from auterity_cli.language_server.analysis import Analysis, analysed
from auterity_cli.language_server.checking import Checking
from auterity_cli.language_server.findings import shown_findings
from auterity_cli.language_server.garbage import Garbage
from auterity_cli.language_server.parent import outlived
from auterity_cli.language_server.projects import Projects
from auterity_cli.language_server.rule_files import RuleFiles
from auterity_sdk import __version__
from auterity_sdk.workflow.document import is_workflow


class AuterityServer(LanguageServer):
    """Answers an editor about the workflow files that are open in it."""

    def __init__(self, pages: Path, *, python: bool) -> None:
        super().__init__(
            "auterity", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full
        )
        self.pages = RuleFiles(pages)
        self.projects = Projects(self.complain, python=python)
        self.checking = Checking(self.analyse, self.outlined, self.publish, self.failed)
        self.dismissed = False
        self._garbage = Garbage()
        self._watch: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def report_server_error(self, error: Exception, source: object) -> None:  # noqa: ARG002
        """Tell the editor's log that a message could not be handled."""
        self._log("a message could not be handled", error)

    def failed(self, error: Exception) -> None:
        """Tell the editor's log that a check or an answer failed."""
        self._log("internal error", error)

    def _log(self, what: str, error: Exception) -> None:
        """Not the error's own text, which may quote what was typed."""
        if os.environ.get("AUTERITY_DEBUG"):
            traceback.print_exception(error)
        message = f"{what}: {type(error).__name__}; AUTERITY_DEBUG=1 shows more"
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))

    def complain(self, reason: str) -> None:
        """Show the user why a project cannot be read. Called from the checking thread."""
        self.loop.call_soon_threadsafe(
            self.window_show_message, lsp.ShowMessageParams(lsp.MessageType.Warning, reason)
        )

    def analyse(self, uri: str, before: Analysis | None) -> Analysis | None:
        """Check the text of an address; None if it is no workflow."""
        document = self.workspace.get_text_document(uri)
        text, version = document.source, document.version
        if not is_workflow(text):
            return None
        file = path_of(uri)
        encoding = lsp.PositionEncodingKind(self.workspace.position_encoding or "utf-16").value
        around = self.projects.around(file)
        return analysed(
            text,
            str(file),
            around.registry,
            version=version,
            encoding=encoding,
            before=before,
            policy=around.policy,
        )

    def outlined(self, uri: str, before: Analysis) -> Analysis:
        """The newest text of an address, with what is known of the one before."""
        document = self.workspace.get_text_document(uri)
        return before.with_text(document.source, document.version)

    def publish(self, uri: str, analysis: Analysis | None) -> None:
        """Send the findings of a file; none for one that is no workflow."""
        found = shown_findings(analysis, uri, self.pages.address) if analysis else []
        version = analysis.version if analysis else None
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, diagnostics=found, version=version)
        )
        self._garbage.put_off()

    def saved(self, uris: Iterable[str]) -> None:
        """Files of projects are others now: read what depends on them again, and check all that are open."""
        self.projects.forget(modules=any(uri.endswith(".py") for uri in uris))
        for uri in list(self.workspace.text_documents):
            self.checking.edited(uri)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that the server runs in."""
        assert self._loop is not None  # noqa: S101 - set before the first check
        return self._loop

    def begin(self, process: int | None) -> None:
        """An editor has said hello; `process` is its id."""
        self._loop = asyncio.get_running_loop()
        if process is not None:
            self._watch = self._loop.create_task(self._end_with(process))

    async def _end_with(self, process: int) -> None:
        await outlived(process)
        shutil.rmtree(self.pages.folder, ignore_errors=True)
        # The reader's thread waits for input that may never end: nothing softer stops the process.
        os._exit(1)


def path_of(uri: str) -> Path:
    """The file of an address; one that is not saved yet stands in the working folder."""
    path = to_fs_path(uri)
    return Path(path) if path and uri.startswith("file:") else Path.cwd() / "untitled.yaml"
