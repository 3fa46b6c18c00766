"""Names of runs: no two alike, also where a process has become two."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from auterity_sdk.runtime.run_id import new_run_id

FORKED = """
import os
from auterity_sdk.runtime.run_id import new_run_id

new_run_id()  # others are drawn with it
reading, writing = os.pipe()
if os.fork() == 0:
    os.write(writing, " ".join(new_run_id() for _ in range(200)).encode())
    os._exit(0)
os.wait()
print(os.read(reading, 10_000).decode(), *(new_run_id() for _ in range(200)))
"""


def test_names_are_of_twelve_digits_and_never_alike() -> None:
    found = [new_run_id() for _ in range(1000)]
    assert len({*found}) == 1000
    assert {len(each) for each in found} == {12}
    assert set("".join(found)) == set("0123456789abcdef")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process becomes two")
def test_a_process_that_was_forked_draws_its_own() -> None:
    told = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, check=True, timeout=60
    )
    assert len({*told.stdout.split()}) == 400
