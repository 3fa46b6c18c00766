"""Processes that carry out attempts, and the wire between them, in one event loop: what a broker does, made to fail."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Collection, Mapping, Sequence

from auterity_sdk.runtime.attempt_worker import Apart, AttemptWorker, Pace
from auterity_sdk.runtime.carrying import Begun
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Clock, Store
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.registry import Registry
from tests.runtime.worlds import REGISTRY, world

Word = tuple[str, str, int]


class Wire:
    """Words of attempts on their way. Where it is `cut`, what is sent is lost."""

    def __init__(self) -> None:
        self.words: deque[Word] = deque()
        self.sent: list[Word] = []
        self.cut = False
        self.nobody_has: set[str] = set()

    def queue_of(self, uses: str) -> str:
        return uses

    def send(self, run_id: str, attempts: Sequence[Begun]) -> None:
        words = [(run_id, each.step, each.attempt) for each in attempts]
        self.sent += words
        if not self.cut:
            self.words += words

    async def unserved(self, uses: Mapping[str, str]) -> Collection[str]:
        return self.nobody_has & uses.keys()

    async def backlog(self, queue: str) -> int:
        return len(self.words)


class Host:
    """One process: it drives what is due, and carries out what it is told of."""

    def __init__(
        self,
        store: Store,
        wire: Wire,
        clock: Clock,
        registry: Registry = REGISTRY,
        in_a_row: int = 1,
        apart: Apart | None = None,
    ) -> None:
        self.runtime = LocalRuntime(world(registry=registry), store, clock, carrier=wire)
        self.attempts = AttemptWorker(
            self.runtime, wire, Pace(unclaimed=1000), in_a_row, apart=apart
        )

    async def drive(self) -> None:
        await Worker(self.runtime).work_off()


async def carry_on(wire: Wire, *hosts: Host, chance: random.Random | None = None) -> None:
    """Until nothing is left to do but to wait: any host takes any word, several of them at once."""
    chance = chance or random.Random(7)
    while True:
        await chance.choice(hosts).drive()
        if not wire.words:
            return
        words = [wire.words.popleft() for _ in range(min(len(wire.words), 5))]
        chance.shuffle(words)
        await asyncio.gather(*(chance.choice(hosts).attempts.carry_out(*word) for word in words))
