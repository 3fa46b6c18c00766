"""Run all benchmarks, or those that are named. They print ratios and judge nothing."""

from __future__ import annotations

import asyncio
import pkgutil
import platform
import sys
from collections.abc import Coroutine
from importlib import import_module

import benchmarks

FRAME = {"__main__", "celery_workers", "lead_routing", "peers", "rounds", "routing_by_hand"}
"""Modules of this folder that are no benchmark; every other one has a `main()`, async or not."""


def names() -> list[str]:
    """The benchmarks there are."""
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return sorted(name for name in found if name not in FRAME)


def main(wanted: list[str]) -> int:
    """Run them one after the other; 2 for a name that is none."""
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}\n")
    for name in wanted or known:
        running = import_module(f"benchmarks.{name}").main()
        if isinstance(running, Coroutine):
            asyncio.run(running)
        print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
