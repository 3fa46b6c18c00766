"""What an editor may ask, each request answered from the newest or the last state of its file."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp

from auterity_cli.language_server.completion import completion
from auterity_cli.language_server.definition import definition
from auterity_cli.language_server.findings import code_actions
from auterity_cli.language_server.hover import hover
from auterity_cli.language_server.server import AuterityServer, path_of
from auterity_cli.language_server.streams import protocol_streams
from auterity_cli.language_server.symbols import symbols

_WATCHED = ("**/auterity.toml", "**/pyproject.toml", "**/*.py", "**/*.yaml", "**/*.yml")
PATIENCE = 0.5
"""Seconds that a question waits for the check of what was typed before it."""

Params = TypeVar("Params")
Answer = TypeVar("Answer")
_TRIGGERS = [".", "{", "[", " ", "'", '"', "?"]


def serve(*, python: bool) -> bool:
    """Speak the protocol on standard input and output until the editor says goodbye or is gone.

    True if it said `shutdown` first, as the protocol wants it.
    """
    # pygls logs whole messages, with all that is typed: nothing of that is kept.
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False
    source, target = protocol_streams()
    with tempfile.TemporaryDirectory(prefix="auterity-rules-", ignore_cleanup_errors=True) as pages:
        server = made(Path(pages), python=python)
        server.start_io(source, target)
        server.checking.stop()
    return server.dismissed


def made(pages: Path, *, python: bool) -> AuterityServer:
    """A server that answers everything. `pages` is a folder for the pages of rules."""
    server = AuterityServer(pages, python=python)
    for add in (_life, _files, _questions, _names, _changes):
        add(server)
    return server


def _life(server: AuterityServer) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        server.begin(params.process_id)

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:  # noqa: ARG001
        workspace = server.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching and watching.dynamic_registration:
            watchers = [lsp.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
            options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
            asked = lsp.Registration(id="files", method=method, register_options=options)
            server.client_register_capability(lsp.RegistrationParams([asked]))

    @server.feature(lsp.SHUTDOWN)
    def shutdown(params: None) -> None:  # noqa: ARG001
        server.dismissed = True


def _files(server: AuterityServer) -> None:
    checking = server.checking

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        checking.edited(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        checking.edited(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        checking.closed(params.text_document.uri)
        server.publish(params.text_document.uri, None)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        server.saved([params.text_document.uri])

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def outside(params: lsp.DidChangeWatchedFilesParams) -> None:
        server.saved(change.uri for change in params.changes)


def _answering(
    server: AuterityServer, answer: Callable[[Params], Awaitable[Answer]], otherwise: Answer
) -> Callable[[Params], Coroutine[Any, Any, Answer]]:
    """The answer, or `otherwise` where a defect prevents it: an editor is not told of tracebacks."""

    async def answered(params: Params) -> Answer:
        try:
            return await answer(params)
        except Exception as error:  # noqa: BLE001 - one answer less, and typing goes on
            server.failed(error)
            return otherwise

    return answered


def _questions(server: AuterityServer) -> None:
    options = lsp.CompletionOptions(trigger_characters=_TRIGGERS)

    async def complete(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        state = await server.checking.newest(params.text_document.uri, PATIENCE)
        return completion(state, state.lines.offset(params.position)) if state else []

    server.feature(lsp.TEXT_DOCUMENT_COMPLETION, options)(
        _answering(server, complete, list[lsp.CompletionItem]())
    )

    async def show(params: lsp.HoverParams) -> lsp.Hover | None:
        state = await server.checking.newest(params.text_document.uri, PATIENCE)
        return hover(state, state.lines.offset(params.position)) if state else None

    server.feature(lsp.TEXT_DOCUMENT_HOVER)(_answering(server, show, None))


def _names(server: AuterityServer) -> None:
    async def define(params: lsp.DefinitionParams) -> lsp.Location | None:
        uri = params.text_document.uri
        state = await server.checking.newest(uri)
        if state is None:
            return None
        offset, file = state.lines.offset(params.position), path_of(uri)
        return definition(
            state,
            offset,
            uri,
            lambda name: server.projects.workflow(file, name),
            lambda name: server.projects.function(file, name),
        )

    server.feature(lsp.TEXT_DOCUMENT_DEFINITION)(_answering(server, define, None))

    async def outline(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        state = await server.checking.newest(params.text_document.uri, PATIENCE)
        return symbols(state) if state else []

    server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(
        _answering(server, outline, list[lsp.DocumentSymbol]())
    )


def _changes(server: AuterityServer) -> None:
    options = lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])

    async def mend(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        wanted = params.context.only
        if wanted and not any(str(kind).startswith("quickfix") for kind in wanted):
            return []
        state = await server.checking.newest(uri)
        if state is None:
            return []
        start = state.lines.offset(params.range.start)
        end = state.lines.offset(params.range.end)
        return code_actions(state, uri, start, end, server.pages.address)

    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)(
        _answering(server, mend, list[lsp.CodeAction]())
    )
