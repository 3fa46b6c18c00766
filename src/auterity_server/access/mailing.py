"""Which addresses the server's mail can go to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from auterity_sdk.errors import StepError
from auterity_server.access.refusals import Unfit


@contextmanager
def fit_address() -> Iterator[None]:
    """Tell who asked that no mail can go to the address that they named. Raises `Unfit`."""
    try:
        yield
    except StepError:
        raise Unfit(
            "body/email",
            "no mail can go to this address",
            help="take a plain one, such as lee@dealer.example",
        ) from None
