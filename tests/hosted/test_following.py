"""A run followed over Server-Sent Events: each event once, whatever becomes of the connection."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence

import pytest

from auterity_sdk.errors import HostedError, NotOnServer, ServerUnavailable
from auterity_sdk.hosted.address import Address
from auterity_sdk.hosted.connection import Call, Connection
from auterity_sdk.hosted.credentials import ApiKey
from auterity_sdk.hosted.following import follow, follow_all
from auterity_sdk.hosted.retrying import Patience
from tests.connections.web_server import WebServer, answer, serving
from tests.hosted.answers import event, of_headers, problem, stream

QUICK = Patience(attempts=3, first=0.001, most=0.002)
OVER = event(5, "RunEnded")


async def seen(*answers: bytes, after: int = 0, silence: float = 5) -> tuple[list[int], WebServer]:
    async with serving(*answers) as server:
        address = Address.read(f"http://127.0.0.1:{server.port}")
        connection = Connection(address, ApiKey("autk_x"))
        found: AsyncIterator = follow(
            connection, "/x", after=after, silence=silence, patience=QUICK
        )
        try:
            return [each.seq async for each in found], server
        finally:
            await connection.close()


def asked(server: WebServer) -> Sequence[str | None]:
    return [of_headers(each, "last-event-id") for each in server.requests]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_events_come_until_the_run_is_over(end: str) -> None:
    found, server = await seen(stream(event(1), event(2), OVER, end=end))
    assert found == [1, 2, 5]
    assert of_headers(server.requests[0], "accept") == "text/event-stream"


async def test_a_broken_stream_is_taken_up_behind_the_last_event() -> None:
    pieces = [
        stream(event(1), event(2), broken=True),
        stream(),
        stream(event(2), event(3), broken=True),
        answer(503),
        stream(event(4), OVER),
    ]
    found, server = await seen(*pieces)
    assert found == [1, 2, 3, 4, 5]
    assert asked(server) == ["0", "2", "2", "3", "3"]


async def test_it_begins_where_it_is_told_to() -> None:
    found, server = await seen(stream(event(4), OVER), after=3)
    assert (found, asked(server)) == ([4, 5], ["3"])


async def test_a_silent_stream_counts_as_broken() -> None:
    found, server = await seen(b"", stream(event(1), OVER), silence=0.05)
    assert (found, asked(server)) == ([1, 5], ["0", "0"])


async def test_a_server_that_stays_away_is_told() -> None:
    with pytest.raises(ServerUnavailable):
        await seen(stream(event(1)), stream())


async def test_a_server_that_has_no_more_ends_it() -> None:
    found, _ = await seen(stream(event(1)), answer(204))
    assert found == [1]


async def test_a_refusal_is_raised_at_once() -> None:
    with pytest.raises(NotOnServer):
        await seen(problem(404, "not-found"))


async def test_something_else_than_events_is_told() -> None:
    with pytest.raises(HostedError, match="something else than events"):
        await seen(answer(200, b"{}", content_type="application/json"))


async def test_all_runs_are_followed_from_the_last_position() -> None:
    """Also where a message told the position, and brought no event."""

    def placed(position: int, kind: str = "RunEnded") -> bytes:
        data = {**event(1, kind), "position": position, "workflow": "w"}
        return f"id: {position}\ndata: {json.dumps(data)}\n\n".encode()

    def bare(position: int) -> bytes:
        return f"event: position\nid: {position}\ndata: {{}}\n\n".encode()

    head = b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    answers = [
        head + bare(3) + placed(7),
        head + bare(7) + placed(7) + placed(8) + bare(20),
        answer(503),
        head + placed(21),
        answer(204),
    ]
    async with serving(*answers) as server:
        connection = Connection(Address.read(f"http://127.0.0.1:{server.port}"), ApiKey("autk_x"))
        call = Call("GET", "/x", {"last": 5})
        found = [each.position async for each in follow_all(connection, call, lasting=QUICK)]
        await connection.close()
    assert found == [7, 8, 21], "the end of a run is not the end of it"
    assert asked(server) == [None, "7", "20", "20", "21"]
    assert all("last=5" in each for each in server.requests)
