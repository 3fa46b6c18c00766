"""Step types of a project's own on a server: checked by what is declared, carried out by a worker with the code."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from auterity_cli.pushing import Checks
from auterity_sdk.hosted.schemas.problem import Problem
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project
from tests.server.conftest import Owned, RunningServer, new_organisation, owner_of, settings_for

STEPS = """from auterity_sdk import Output, StepContext, step
from auterity_sdk.errors import StepError


class Order(Output):
    number: str


@step(name="photos.order", idempotent=False)
async def order() -> Order:
    \"\"\"Order new photos, over a line that breaks.\"\"\"
    raise StepError("the line broke", type="effect_unknown")


class Grade(Output):
    points: int


@step(name="photos.grade")
async def grade(context: StepContext, vin: str, count: int = 1) -> Grade:
    \"\"\"Grade the photos of a car.\"\"\"
    return Grade(points=count * 10)
"""

WORKFLOW = """auterity: 1
name: photos
input: {vin: string}
steps:
  before: {uses: task.assign, with: {role: sales, due: 1h, title: "Look at ${input.vin}"}}
  grade: {needs: before, uses: photos.grade, with: {vin: "${input.vin}", count: 3}}
  order: {needs: grade, uses: photos.order}
output: {points: "${grade.points}", order: "${order.number}"}
"""
SURE = WORKFLOW.replace("  order: {needs: grade, uses: photos.order}\n", "").replace(
    ', order: "${order.number}"', ""
)
"""The same without the step that is left in doubt."""


def make_project(folder: Path, text: str = WORKFLOW) -> Path:
    """A project with the step types and a workflow."""
    (folder / "workflows").mkdir(parents=True)
    (folder / "auterity.toml").write_text(
        '[project]\nsteps = ["photo_steps"]\n[dealership]\nname = "Smith"\nregion = "OH"\n'
    )
    (folder / "photo_steps.py").write_text(STEPS)
    (folder / "workflows" / "photos.yaml").write_text(text)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def body(folder: Path, **changed: str) -> dict[str, Any]:
    """The push of the project, as the command makes it; with other declarations of its step type."""
    sys.modules.pop("photo_steps", None)
    here = Project.find(folder)
    made = Checks.of([folder / "workflows" / "photos.yaml"], here, policy_of(here))
    assert not made.results.failed, made.results
    asked: dict[str, Any] = made.push({}, "").model_dump(mode="json")
    asked["project"]["step_types"]["photos.grade"] |= changed
    return asked


@contextmanager
def worker(folder: Path, data: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "AUTERITY_DATA": str(data)}
    command = [sys.executable, "-m", "auterity_cli", "worker", "--project", str(folder), *words]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)
        assert process.returncode == 0


def until(owned: Owned, run: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(400):
        found = owned.owner.known(f"/environments/{owned.staging}/runs/{run}")
        if wanted(found):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


Start = Callable[..., AbstractContextManager[RunningServer]]


def test_a_worker_with_the_code_carries_out_what_the_server_cannot(
    start_server: Start, data: Path, project: Path
) -> None:
    with start_server(settings_for(data)) as server:
        found = server.do(new_organisation(server.wiring))
        with owner_of(server, found) as owned:
            environment = f"/environments/{owned.staging}"
            name = owned.owner.known("/me")["memberships"][0]["organisation"]["name"]
            pushed = owned.owner.done(f"{environment}/pushes", body(project), 201)
            assert [each.partition(":")[0] for each in pushed["warnings"]] == [
                "no worker has the step type `photos.grade`",
                "no worker has the step type `photos.order`",
            ]
            begin = f"{environment}/workflows/photos/runs"
            run = owned.owner.done(begin, {"input": {"vin": "1HG"}}, 201)["run_id"]
            waits = until(owned, run, lambda found: found["status"] == "waiting")["waiting"]
            assert [(each["kind"], each["what"]) for each in waits] == [("worker", "photos.grade")]
            with worker(project, data, "--organisation", name) as process:
                # What its step left in doubt is settled on the server, which has no code of it.
                doubt = until(owned, run, lambda found: found["status"] == "uncertain")
                assert [each["path"] for each in doubt["waiting"]] == ["order"]
                settle = f"{environment}/runs/{run}/settle"
                said = {"step": "order", "outcome": "ok", "output": {"number": "P7"}}
                owned.owner.done(settle, {**said, "outcome": "better"}, 422)
                owned.owner.done(settle, {**said, "output": {"number": 7}}, 422)
                owned.owner.done(settle, said, 200)
                ended = until(owned, run, lambda found: found["status"] == "succeeded")
                assert ended["output"] == {"points": 30, "order": "P7"}
                again = owned.owner.done(f"{environment}/pushes", body(project), 200)
                assert again["warnings"] == []
                # Pushed with another declaration than the worker has: it leaves the step, and says so once.
                other = body(project, summary="Another one.")
                [said] = owned.owner.done(f"{environment}/pushes", other, 201)["warnings"]
                assert "as this push declares it" in said
                run = owned.owner.done(begin, {"input": {"vin": "1HG"}}, 201)["run_id"]
                until(owned, run, lambda found: found["status"] == "waiting")
                assert process.stderr is not None
                lines = iter(process.stderr.readline, "")
                assert any("leaves photos.grade" in line for line in lines)
                owned.owner.done(f"{environment}/pushes", body(project), 201)
                until(owned, run, lambda found: found["status"] == "uncertain")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("count: 3", "counts: 3"),
        ("count: 3", "count: [3]"),
        ("grade.points", "grade.point"),
        ("uses: photos.grade", "uses: photos.grades"),
    ],
)
def test_the_servers_verdict_is_the_commands(
    owned: Owned, project: Path, was: str, becomes: str
) -> None:
    asked = body(project)
    text = WORKFLOW.replace(was, becomes)
    (project / "workflows" / "photos.yaml").write_text(text)
    sys.modules.pop("photo_steps", None)
    here = Project.find(project)
    own = Checks.of([project / "workflows" / "photos.yaml"], here, policy_of(here))
    asked["files"][0]["text"] = text
    refused = owned.owner.done(f"/environments/{owned.staging}/pushes", asked, 422)
    theirs = [
        each.code for one in Problem.model_validate(refused).findings for each in one.findings
    ]
    ours = [each.code for _, checked in own.checked for each in checked.report.diagnostics]
    assert theirs == ours, (theirs, ours)
    assert theirs


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"output": {"type": "strange"}}, "body/project/step_types/photos.grade/output"),
        ({"output": {"$ref": "#/$defs/no"}}, "body/project/step_types/photos.grade/output"),
        ({"by_schema": ["no"]}, "body/project/step_types/photos.grade/by_schema"),
        ({"name": "other"}, "body/project/step_types/photos.grade/name"),
    ],
)
def test_a_declaration_that_cannot_be_is_named(
    owned: Owned, project: Path, change: dict[str, Any], place: str
) -> None:
    asked = body(project, **change)
    refused = owned.owner.done(f"/environments/{owned.staging}/pushes", asked, 422)
    assert [each["location"] for each in refused["errors"]] == [place]


def test_a_built_in_step_type_cannot_be_declared(owned: Owned, project: Path) -> None:
    asked = body(project)
    asked["project"]["step_types"]["sms.send"] = {
        **asked["project"]["step_types"]["photos.grade"],
        "name": "sms.send",
    }
    refused = owned.owner.done(f"/environments/{owned.staging}/pushes", asked, 422)
    assert refused["errors"][0]["message"] == "is a step type that is built in"


def test_a_worker_says_what_is_missing(tmp_path: Path, project: Path) -> None:
    environment = {**os.environ, "AUTERITY_DATA": str(tmp_path / "none")}
    for folder, said in ((project, "no server's data"), (tmp_path, "no step types of its own")):
        command = [sys.executable, "-m", "auterity_cli", "worker", "--project", str(folder)]
        found = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        assert found.returncode == 2
        assert said in found.stderr


def test_a_worker_is_given_the_secret_as_it_is_now(
    start_server: Start, data: Path, project: Path
) -> None:
    steps = STEPS.replace("points=count * 10", "points=len(vin)")
    (project / "photo_steps.py").write_text(steps)
    text = SURE.replace('vin: "${input.vin}", count', 'vin: "${secrets.CRM_TOKEN}", count')
    (project / "workflows" / "photos.yaml").write_text(text)
    with start_server(settings_for(data)) as server:
        found = server.do(new_organisation(server.wiring))
        with owner_of(server, found) as owned:
            environment = f"/environments/{owned.staging}"
            name = owned.owner.known("/me")["memberships"][0]["organisation"]["name"]
            owned.owner.done(f"{environment}/pushes", body(project), 201)
            begin = f"{environment}/workflows/photos/runs"
            with worker(project, data, "--organisation", name):
                for value in ("seventeen letters", "four"):
                    path = f"{environment}/secrets/CRM_TOKEN"
                    assert owned.owner.put(path, json={"value": value}).is_success
                    time.sleep(2.5)  # the worker looks each second
                    run = owned.owner.done(begin, {"input": {"vin": "1HG"}}, 201)["run_id"]
                    ended = until(owned, run, lambda found: found["status"] == "succeeded")
                    assert ended["output"] == {"points": len(value)}
