"""A step of 12 seconds over a broker that gives messages again after 5: `python -m tests.server.visibility_timeout`.

Two workers. The step has one effect and one result, since what a message says was claimed in the store.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.server import kill_matrix
from tests.server.files import push
from tests.server.workers import scaled

SLOW = """auterity: 1
name: slow
steps:
  pay: {uses: http.request, with: {method: POST, url: /pay/12, connection: till}}
ends: {ok: pay}
"""
_SHORT = """import sys
from auterity_server.running import broker
plain = broker._settings
def short(settings):
    made = plain(settings)
    again = {"visibility_timeout": 5, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    made["broker_transport_options"] |= again
    return made
broker._settings = short
from auterity_cli.app import run
sys.argv = ["auterity", "worker", "--project", "/"]
sys.exit(run())
"""


def main() -> None:
    scaled.PROGRAM = ("-c", _SHORT)
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        here = kill_matrix.Scene(stack, Path(folder))
        me = here.api.do("GET", "/me")["memberships"][0]["organisation"]["id"]
        places = here.api.do("GET", f"/organisations/{me}/environments")["items"]
        place = f"/environments/{next(each['id'] for each in places if each['name'] == 'staging')}"
        here.api.do("POST", f"{place}/pushes", json=push(SLOW))
        key = {"Idempotency-Key": "one"}
        here.api.do("POST", f"{place}/workflows/slow/runs", json={"input": {}}, headers=key)
        time.sleep(40)
        effects = sum(here.till.asked.values())
        kinds = Counter(each[""] for _, each in here.journal())
    print(f"{effects} effect, {kinds['StepEnded']} result, {kinds['AttemptLost']} attempts lost")
    assert (effects, kinds["StepEnded"], kinds["AttemptLost"]) == (1, 1, 0)


if __name__ == "__main__":
    main()
