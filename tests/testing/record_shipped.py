"""Records what models answer in the tests of the shipped workflows: `python -m tests.testing.record_shipped`.

No provider's model was asked. The drafts are written by hand here, all other answers are those of the offline rules; each
goes over loopback HTTP and through the official client, as a model's does, and is kept as `--record` keeps one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from auterity_sdk.ai.language_model import Answer, LanguageModel, OnText, Vectors, Verdict
from auterity_sdk.ai.offline import OfflineModel
from auterity_sdk.ai.openai.client import Endpoint
from auterity_sdk.ai.openai.model import OpenAIModel
from auterity_sdk.ai.recorded import RecordingModel
from auterity_sdk.ai.request import Draft, Request
from auterity_sdk.dealership.personal_names import without_looks
from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.testing.kept_answers import answers_of
from tests.ai.model_server import Call, ModelServer, Reply, serving

WORKFLOWS = Path(__file__).parents[2] / "workflows"


def suites() -> Iterator[Path]:
    """The test files of the workflows that ask a model."""
    for file in sorted(WORKFLOWS.glob("*.test.yaml")):
        workflow = file.with_name(file.name.replace(".test", ""))
        if "uses: ai." in workflow.read_text(encoding="utf-8"):
            yield file


class Authored:
    """Asks a server by the official client, and tells it before what to say."""

    def __init__(self, server: ModelServer) -> None:
        endpoint = Endpoint(url=server.url, key=lambda: "none", api="chat")
        self._asked = OpenAIModel(endpoint, "written-by-hand")
        self._server = server
        self.provider, self.model = self._asked.provider, self._asked.model

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """What was written for the request, as it came over the wire."""
        self._server.replies[:] = [await written(request)]
        return await self._asked.answer(request, on_text)

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """No shipped workflow asks for vectors."""
        raise NotImplementedError

    async def moderate(self, text: str) -> Verdict:
        """Nor for a verdict."""
        raise NotImplementedError


async def written(request: Request) -> Reply:
    """The answer to a request."""
    if isinstance(request.task, Draft):
        return Reply(json.dumps({"text": draft(request.task)}))
    answer = await OfflineModel().answer(request)
    calls = tuple(Call(each.name, each.arguments, each.id) for each in answer.calls)
    return Reply(answer.text, calls)


def draft(task: Draft) -> str:
    """A text as a model writes it, from the facts."""
    facts = task.facts
    if "low" in facts:
        return (
            f"Thank you for offering us your {facts['vehicle']}. Our estimate is {facts['low']} to {facts['high']}."
            " When would you like to come by?"
        )
    return f"Thank you for your interest in the {facts['vehicle']}! When would you like to come by?"


def record(file: Path, answers: Path) -> None:
    """Play all cases of a test file, and keep what was answered."""
    suite = Suite.load(file)
    with serving(Reply()) as server:

        def model(name: str | None) -> LanguageModel:
            return RecordingModel(Authored(server), answers, without_looks)

        for name in suite.names:
            played = suite.play(name, models=model)
            assert played.passed, (file.name, name, played.shortfalls)


def main() -> None:
    """Record them all anew."""
    for file in suites():
        answers = answers_of(file.with_name(file.name.replace(".test", "")))
        answers.unlink(missing_ok=True)
        record(file, answers)
        print(answers)  # noqa: T201 - what a tool has written


if __name__ == "__main__":
    main()
