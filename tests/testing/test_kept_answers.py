"""Who answers for language models in a rehearsal."""

from datetime import UTC, datetime
from pathlib import Path

from auterity_sdk.ai.recorded import RecordingModel
from auterity_sdk.ai.request import Converse, Message, Request
from auterity_sdk.ai.scrub.keeping import scrubbed
from auterity_sdk.testing import Rehearsal
from auterity_sdk.testing.kept_answers import answers_of, rehearsing
from auterity_sdk.testing.scripted_model import ScriptedModel

WORKFLOW = """\
auterity: 1
name: triage
input: {message: string}
steps:
  intent: {uses: ai.classify, with: {text: "${input.message}", labels: [buy, service]}, timeout: 1m}
  unsure: {needs: {any: [intent.invalid, intent.refused, intent.over_budget]}, wait: 1ms}
output: {label: "${intent.?label.orValue('none')}"}
"""
AT = datetime(2026, 11, 24, 20, tzinfo=UTC)
ASKED = Request(task=Converse(), messages=(Message("user", "hello"),))


def test_a_test_may_script_the_models_by_the_names_of_their_connections(tmp_path: Path) -> None:
    (tmp_path / "triage.yaml").write_text(WORKFLOW)
    names: list[str | None] = []

    def models(name: str | None) -> ScriptedModel:
        names.append(name)
        return ScriptedModel([{"label": "service", "confidence": 1}])

    played = Rehearsal(tmp_path / "triage.yaml", {"message": "brakes squeal"}, at=AT, models=models)
    assert played.run.output == {"label": "service"}
    assert names == [None]


async def test_answers_beside_a_workflow_come_before_the_rules(tmp_path: Path) -> None:
    workflow = tmp_path / "triage.yaml"
    recording = RecordingModel(ScriptedModel(["kept"]), answers_of(workflow), scrubbed)
    await recording.answer(ASKED)
    model = rehearsing(workflow)("any")
    assert (await model.answer(ASKED)).text == "kept"
    assert model.provider == "recorded"
