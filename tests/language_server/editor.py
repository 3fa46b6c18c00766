"""An editor's side of the protocol: a language server as a process, spoken to as an editor does."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

PATIENCE = 60.0
"""Seconds after which a test gives up; no test judges how long something took."""

Message = dict[str, Any]


class Editor:
    """Starts `auterity lsp`, sends messages to it and waits for its own."""

    def __init__(self, folder: Path, *arguments: str, encodings: list[str] | None = None) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "auterity_cli", "lsp", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
        )
        self._encodings = encodings
        self._messages: queue.Queue[Message | None] = queue.Queue()
        self._kept: list[Message] = []
        self._number = 0
        self._versions: dict[str, int] = {}
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def greet(self, process: int | None = None) -> Message:
        """`initialize` and `initialized`; what the server can do."""
        general = {"positionEncodings": self._encodings} if self._encodings else {}
        answer = self.ask(
            "initialize",
            {
                "processId": process,
                "rootUri": self.folder.as_uri(),
                "capabilities": {"general": general},
            },
        )
        self.tell("initialized", {})
        found: Message = answer["capabilities"]
        return found

    def leave(self) -> int:
        """`shutdown` and `exit`; the server's exit code."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self.process.wait(PATIENCE)

    def open(self, name: str, text: str) -> str:
        """Open a file; its address."""
        uri = (self.folder / name).as_uri()
        self._versions[uri] = 1
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def type(self, uri: str, text: str) -> int:
        """Put another text in place of a file's; its version."""
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        changes = [{"text": text}]
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        return self._versions[uri]

    def findings(self, uri: str, version: int = 1) -> list[Message]:
        """The findings on a version of a file, once they come."""

        def fits(message: Message) -> bool:
            sent = message.get("params") or {}
            named = message.get("method") == "textDocument/publishDiagnostics"
            return named and sent["uri"] == uri and (sent.get("version") or version) >= version

        found: list[Message] = self.wait(fits)["params"]["diagnostics"]
        return found

    def at(self, method: str, uri: str, line: int, character: int) -> Any:
        """Ask about a place."""
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": place})

    def ask(self, method: str, params: Any) -> Any:
        """Send a request, and give the result. Fails with the server's error."""
        self._number += 1
        number = self._number
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        answer = self.wait(lambda message: message.get("id") == number)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: Any) -> None:
        """Send a message as it is."""
        self.send_bytes(framed(json.dumps(message).encode()))

    def send_bytes(self, content: bytes) -> None:
        """Send bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def wait(self, fits: Any) -> Message:
        """The next message that fits; those before it are kept for others."""
        for message in self._kept:
            if fits(message):
                self._kept.remove(message)
                return message
        while True:
            received = self._messages.get(timeout=PATIENCE)
            assert received is not None, "the server has ended"
            assert "internal error" not in str(received.get("params")), received
            if fits(received):
                return received
            self._kept.append(received)

    def _read(self) -> None:
        output = self.process.stdout
        assert output is not None
        while True:
            length = 0
            while (line := output.readline()).strip():
                name, _, value = line.decode().partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            if not line:
                self._messages.put(None)
                return
            self._messages.put(json.loads(output.read(length)))


def framed(body: bytes) -> bytes:
    """A message with its header."""
    return b"Content-Length: %d\r\n\r\n" % len(body) + body
