"""Random and mutated documents for the ADF reader. `python tests/fuzz/adf.py 100000` prints what crashes or is slow."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from auterity_sdk.dealership.adf import AdfRefused, AdfUnreadable, parse_adf

CORPUS = Path(__file__).parent.parent / "dealership" / "adf"
RECEIVED_AT = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)
SLOW_SECONDS = 2.0
"""Of processor time, which other work on the machine does not lengthen much."""

_PIECES = (
    b"<adf>", b"</adf>", b"<prospect>", b"</prospect>", b"<vehicle interest=", b"</vehicle>", b"<customer>",
    b"<contact>", b"<name part='first'>", b"<phone type=\"cellphone\">", b"419-555-0188", b"<email>a@b.example</email>",
    b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?adf version='1.0'?>", b"<?xml ", b"<!DOCTYPE x [", b"<!ENTITY a 'b'>",
    b"&", b"&a;", b"&nbsp;", b"&#0;", b"&#x1F600;", b"&#xD800;", b"=", b'"', b"'", b"<", b">", b"/>", b"</",
    b"\x00", b"\x1b[31m", b"\xff\xfe", b"\xef\xbb\xbf", "\u202e".encode(), "\u201c".encode(), b"adf:", b"{", b"%s",
    b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", b"Subject: x\n", b"--x--\n", b"&lt;adf&gt;", b"\r\n", b"9" * 40,
    b"<requestdate>2026-13-45T99:99</requestdate>", b"<year>", b"<price currency='ZZZ'>", b"-1e400", b"<odometer>42k",
)  # fmt: skip


def seeds() -> tuple[bytes, ...]:
    """The corpus, to start from."""
    return tuple(path.read_bytes() for path in sorted(CORPUS.glob("*.adf")))


def mutated(seed: bytes, choose: Callable[[int], int]) -> bytes:
    """`seed` with one to eight cuts, repeats, swaps, flipped bytes and pieces put in; `choose(n)` is 0 to n - 1."""
    data = bytearray(seed)
    for _ in range(1 + choose(8)):
        at, length = choose(len(data) + 1), choose(60)
        match choose(5):
            case 0:
                del data[at : at + length]
            case 1:
                data[at:at] = data[at : at + length] * (1 + choose(30))
            case 2:
                data[at:at] = _PIECES[choose(len(_PIECES))]
            case 3 if at < len(data):
                data[at] = choose(256)
            case _:
                source = choose(len(data) + 1)
                data[at : at + length] = data[source : source + choose(60)]
    return bytes(data)


@st.composite
def _mutations(draw: st.DrawFn) -> bytes:
    seed = draw(st.sampled_from(seeds()))
    return mutated(seed, lambda n: draw(st.integers(0, n - 1)))


documents: st.SearchStrategy[bytes] = st.one_of(
    st.binary(max_size=400),
    st.lists(st.sampled_from(_PIECES), max_size=60).map(b"".join),
    _mutations(),
)
"""Random bytes, random pieces of markup, and mutated files of the corpus."""


def read(document: bytes) -> None:
    """Reads a document; any error but the two that the reader declares is let through."""
    try:
        parse_adf(document, received_at=RECEIVED_AT)
    except (AdfRefused, AdfUnreadable):
        return


def inputs(count: int, seed: int) -> Iterator[bytes]:
    """`count` documents by a seeded generator, which is many times faster than drawing from hypothesis."""
    generator = random.Random(seed)
    corpus = seeds()
    for number in range(count):
        if number % 10 == 0:
            yield generator.randbytes(generator.randrange(400))
        elif number % 10 < 4:
            yield b"".join(generator.choices(_PIECES, k=generator.randrange(80)))
        else:
            yield mutated(generator.choice(corpus), generator.randrange)


def main(count: int, seed: int = 0) -> int:
    """Reads `count` documents; prints each that crashes or takes over two seconds, and gives their number."""
    bad, slowest = 0, 0.0
    for document in inputs(count, seed):
        started = time.process_time()
        try:
            read(document)
        except Exception as error:  # noqa: BLE001  # whatever escapes the reader is the finding
            bad += 1
            print(f"crash: {type(error).__name__}: {error}: {document!r}")  # noqa: T201
        took = time.process_time() - started
        slowest = max(slowest, took)
        if took > SLOW_SECONDS:
            bad += 1
            print(f"slow: {took:.1f} s: {document[:200]!r}")  # noqa: T201
    summary = f"{bad} crashed or were slow, the slowest took {slowest * 1000:.0f} ms"
    print(f"{count} documents, {summary}")  # noqa: T201
    return bad


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:3]] or [10_000]
    sys.exit(1 if main(*arguments) else 0)
