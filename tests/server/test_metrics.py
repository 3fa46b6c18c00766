"""What Prometheus collects: behind a token, by words of what was pushed, without anybody's data."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_server.access.guarded_routes import guarded_routes
from auterity_server.app import create_app
from auterity_server.metrics.http_metrics import SIGN_INS
from auterity_server.metrics.series import MOST_ENVIRONMENTS, MOST_SERIES, OTHER, Series
from auterity_server.running.standing import standing
from auterity_server.settings import Settings
from tests.runtime.worlds import workflow, world
from tests.server.conftest import (
    Owned,
    RunningServer,
    new_organisation,
    owner_of,
    running,
    settings_for,
)
from tests.server.files import DEALER, DESK, PAUSE, push, shipped
from tests.server.test_running import begin, until
from tests.server.triggers.signing import post, standard

TOKEN = "a-token-of-prometheus"
RETRIED = """auterity: 1
name: retried
input: {url: string}
steps:
  call:
    uses: http.request
    with: {url: "${input.url}", method: GET}
    retry: {attempts: 2, initial: 1ms}
"""

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("watched") / "data"
    with running(settings_for(folder, metrics_token=TOKEN, now="2026-11-24T15:00:00Z")) as found:
        yield found


@pytest.fixture
def mine(watched: RunningServer) -> Iterator[Owned]:
    """A new organisation on the watched server, where these are live."""
    link = watched.do(new_organisation(watched.wiring))
    with owner_of(watched, link) as owned:
        path = f"/environments/{owned.staging}/pushes"
        texts = (PAUSE.replace("1s", "10ms"), DESK, RETRIED)
        owned.owner.done(path, push(*texts), 201)
        yield owned


def scraped(server: RunningServer, token: str = TOKEN) -> httpx2.Response:
    return httpx2.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {token}"})


def samples(server: RunningServer) -> Samples:
    answer = scraped(server)
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {
        (each.name, frozenset(each.labels.items())): each.value
        for family in families
        for each in family.samples
    }


class Counted:
    """The samples of one environment."""

    def __init__(self, server: RunningServer, environment: str) -> None:
        self._all, self._environment = samples(server), environment

    def __call__(self, name: str, /, **labels: str) -> float:
        wanted = {("environment", self._environment), *labels.items()}
        return sum(
            value for (found, has), value in self._all.items() if found == name and wanted <= has
        )


def until_true(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_only_the_token_lets_in(watched: RunningServer, mine: Owned, hosted: RunningServer) -> None:
    assert httpx2.get(f"{watched.url}/metrics").status_code == 401
    assert scraped(watched, TOKEN[:-1]).status_code == 401
    assert scraped(watched).headers["content-type"].startswith("text/plain; version=")
    owner = str(mine.owner.headers["authorization"]).removeprefix("Bearer ")
    assert scraped(watched, owner).status_code == 401
    # Without a token in the settings there is none that would do.
    assert [scraped(hosted, each).status_code for each in (TOKEN, "x")] == [401, 401]


def test_a_token_that_could_be_guessed_is_refused_without_being_told() -> None:
    with pytest.raises(ConfigurationError, match="AUTERITY_METRICS_TOKEN") as told:
        Settings.from_environment({"AUTERITY_METRICS_TOKEN": "hunter2"})
    assert "hunter2" not in told.value.message
    assert TOKEN not in repr(Settings.from_environment({"AUTERITY_METRICS_TOKEN": TOKEN}))


def test_runs_steps_and_attempts_are_counted(watched: RunningServer, mine: Owned) -> None:
    runs = f"/environments/{mine.staging}/runs"
    for _ in range(2):
        until(mine.owner, f"{runs}/{begin(mine, 'pause', {'who': 'a'})['run_id']}", "succeeded")
    refused = begin(mine, "retried", {"url": "https://example.com"})["run_id"]
    until(mine.owner, f"{runs}/{refused}", "failed")
    desk = begin(mine, "desk", {"customer": "Jordan", "amount": 5})["run_id"]
    until(mine.owner, f"{runs}/{desk}", "waiting")
    answer = f"/environments/{mine.staging}/approvals/{desk}/manager"
    mine.owner.done(answer, {"approved": True})
    until(mine.owner, f"{runs}/{desk}", "succeeded")

    told = Counted(watched, mine.staging)
    assert told("auterity_runs_started_total", workflow="pause") == 2
    assert told("auterity_runs_ended_total", workflow="pause", outcome="succeeded") == 2
    assert told("auterity_runs_ended_total", workflow="retried", outcome="failed") == 1
    assert told("auterity_run_duration_seconds_count", workflow="pause") == 2
    steps = "auterity_steps_ended_total"
    assert told(steps, workflow="pause", step_type="wait", outcome="ok") == 2
    assert told(steps, workflow="desk", step_type="approve", outcome="approved") == 1
    assert told(steps, workflow="desk", step_type="task.assign", outcome="ok") == 1
    assert told(steps, workflow="retried", step_type="http.request", outcome="failed") == 1
    attempts = "auterity_attempts_total"
    assert told(attempts, step_type="task.assign", outcome="ok") == 1
    failed = told(attempts, step_type="http.request", outcome="failed")
    assert failed == told("auterity_attempt_duration_seconds_count", step_type="http.request") > 0
    assert told("auterity_step_duration_seconds_count", step_type="wait") == 2


def test_what_waits_is_told(watched: RunningServer, mine: Owned) -> None:
    for _ in range(3):
        run_id = begin(mine, "desk", {"customer": "a", "amount": 1})["run_id"]
        until(mine.owner, f"/environments/{mine.staging}/runs/{run_id}", "waiting")
    told = Counted(watched, mine.staging)
    assert told("auterity_runs", status="waiting") == 3
    assert told("auterity_runs_waiting_for_people") == 3
    assert told("auterity_runs_due") == 0
    assert told("auterity_oldest_due_seconds") == 0
    assert told("auterity_environment_info", name="staging") == 1
    assert told("auterity_environment_ok") == 1


async def test_for_how_long_nobody_took_up_a_run_is_told() -> None:
    clock = VirtualClock(moves=False)
    runtime = LocalRuntime(world(), clock=clock)
    slow = workflow("steps: {a: {uses: add}, b: {needs: a, wait: 1h}}")
    await runtime.start(slow, {})
    clock.advance(timedelta(seconds=5))
    stands = await standing(runtime.store, clock.now())
    assert (stands.by_status, stands.due, stands.oldest) == ({"running": 1}, 1, 5)
    await Worker(runtime).work_off()
    assert (await standing(runtime.store, clock.now())).due == 0
    clock.advance(timedelta(hours=1, seconds=7))
    assert (await standing(runtime.store, clock.now())).oldest == 7


def test_calls_of_models_are_counted(watched: RunningServer, mine: Owned) -> None:
    path = f"/environments/{mine.staging}"
    mine.owner.done(f"{path}/pushes", push(shipped("message-triage"), project=DEALER), 201)
    run_id = begin(mine, "message-triage", {"message": "Is the blue Civic still there?"})["run_id"]
    until(mine.owner, f"{path}/runs/{run_id}", "succeeded", "waiting", "failed")
    told, model = Counted(watched, mine.staging), {"provider": "offline"}
    usage = mine.owner.known(f"{path}/usage", by="model")["rows"]
    assert told("auterity_ai_calls_total", **model) == sum(row["calls"] for row in usage) > 0
    assert told("auterity_ai_tokens_total", **model, direction="input") > 0
    assert told("auterity_ai_tokens_total", **model, direction="output") > 0
    assert told("auterity_ai_cost_usd_total", **model) == 0


def test_requests_are_counted_by_the_template_of_their_path(
    watched: RunningServer, mine: Owned
) -> None:
    def told(name: str, **labels: str) -> float:
        return samples(watched).get((name, frozenset(labels.items())), 0)

    route = "/api/v1/environments/{environment_id}/runs/{run_id}"
    of_run = {"method": "GET", "route": route}
    before = told("auterity_http_requests_total", **of_run, status="404")
    mine.owner.get(f"/environments/{mine.staging}/runs/none")
    assert told("auterity_http_requests_total", **of_run, status="404") == before + 1
    assert told("auterity_http_request_duration_seconds_count", **of_run) > before
    httpx2.request("BREW", f"{watched.url}/no/such/path-{time.monotonic_ns()}")
    unknown = {"method": "other", "route": "unknown", "status": "404"}
    assert told("auterity_http_requests_total", **unknown) >= 1


def test_messages_to_webhooks_are_counted_by_what_became_of_them(
    watched: RunningServer, mine: Owned
) -> None:
    path = f"/environments/{mine.staging}/webhooks"
    made = mine.owner.done(path, {"path": "x"}, 201)
    url = f"{watched.url}/hooks/{made['webhook']['id']}"
    now = int(time.time())
    signed = [
        (b"{}", "m1", now - 60),
        (b"{}", "m1", now),
        (b"{", "m2", now),
        (b"{}", "m3", now - 900),
    ]
    codes = [
        post(url, body, standard(made["secret"], body, name, at)).status_code
        for body, name, at in signed
    ]
    codes.append(post(url, b"{}", {}).status_code)
    assert codes == [202, 202, 422, 401, 401]
    told = Counted(watched, mine.staging)
    for outcome in ("accepted", "duplicate", "unreadable", "too_old", "signature"):
        assert told("auterity_webhook_messages_total", outcome=outcome) == 1, outcome
    assert told("auterity_webhook_messages_total") == len(codes)
    # What is refused has no age that anybody vouches for.
    assert told("auterity_webhook_message_age_seconds_count") == 2
    assert 60 <= told("auterity_webhook_message_age_seconds_sum") < 120


def test_failures_to_sign_in_are_counted(watched: RunningServer) -> None:
    def told() -> float:
        name = "auterity_sign_in_failures_total"
        return samples(watched).get((name, frozenset({("how", "password")})), 0)

    before = told()
    wrong = {"email": "nobody@group.example", "password": "not the password"}
    for _ in range(2):
        answer = httpx2.post(f"{watched.url}/api/v1/sign-in/password", json=wrong)
        assert answer.status_code == 401
    assert told() == before + 2


def test_every_route_that_signs_in_is_known(watched: RunningServer) -> None:
    paths = {each.path for each in guarded_routes(create_app(watched.wiring))}
    assert set(SIGN_INS) <= paths


def test_no_label_holds_an_id_or_a_customers_data(watched: RunningServer, mine: Owned) -> None:
    person = {"customer": "Jordan Rivera", "amount": 14200}
    run_id = begin(mine, "desk", person)["run_id"]
    until(mine.owner, f"/environments/{mine.staging}/runs/{run_id}", "waiting")
    text = scraped(watched).text
    me = mine.owner.known("/me")
    assert [each for each in (run_id, "Jordan", me["id"], me["email"]) if each in text] == []
    assert mine.staging in text


def test_an_environment_has_a_bounded_number_of_series() -> None:
    registry = CollectorRegistry()
    series = Series(Counter("things", "x", ("environment", "workflow"), registry=registry))
    for number in range(MOST_SERIES + 5):
        series.of("one", f"w{number}").inc()
    series.of("two", "w").inc()
    found = {tuple(each.labels.values()): each.value for each in _samples(registry)}
    assert len(found) == MOST_SERIES + 2
    assert found["one", OTHER] == 5
    assert found["two", "w"] == 1
    for number in range(MOST_ENVIRONMENTS):
        series.of(f"e{number}", "w").inc()
    found = {tuple(each.labels.values()): each.value for each in _samples(registry)}
    assert found[OTHER, OTHER] == 2


def _samples(registry: CollectorRegistry) -> list[Any]:
    (family,) = registry.collect()
    return [each for each in family.samples if each.name.endswith("_total")]
