"""The server of the server's tests."""

from tests.server.conftest import data, server

__all__ = ["data", "server"]
