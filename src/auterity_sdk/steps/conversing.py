"""What `ai.chat` and `ai.tools` share: the conversation so far, what may be said in it, and how a round ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Struct
from pydantic import ConfigDict, Field

from auterity_sdk.ai import prompts
from auterity_sdk.ai.conversation import (
    ConversationTurn,
    asked,
    given,
    last_round,
    messages,
    replied,
    results,
    unanswered,
)
from auterity_sdk.ai.request import Converse, Request, Tool
from auterity_sdk.dealership.ai_disclosure import ai_disclosure
from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.errors import StepError
from auterity_sdk.steps.asking import Asked
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.founded_text import FoundedText

Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]
NOTHING_CAME = {"error": "nothing came of it"}
"""What a model is told of a tool for which `results` hold nothing."""


class Conversed(Asked):
    """A round of a conversation. Nobody has looked at what the model wrote."""

    model_config = ConfigDict(extra="forbid")

    reply: Annotated[str, Classified(DataClass.FREE_TEXT)] = ""
    """What the model says to whom it talks with."""
    disclosure: str = ""
    """The sentence that says who wrote it, by the dealership's name and the language."""
    message: Annotated[str, Classified(DataClass.FREE_TEXT)] = ""
    """The reply as it is sent: with the disclosure below it where it is the first of the conversation."""
    conversation: list[ConversationTurn] = []  # noqa: RUF012 - Pydantic copies it; a factory would not be in the schema
    """All that was said: the `so_far` of the next round."""


class Speaking(Struct, frozen=True, kw_only=True):
    """How a model speaks, as a workflow says it. `longest` is in characters; 0 is no bound."""

    prompt: str
    facts: Mapping[str, Any]
    language: str
    longest: int


class Round(Struct, frozen=True):
    """One round: how the model is to speak, and the conversation up to its turn."""

    context: StepContext
    speaking: Speaking
    conversation: tuple[ConversationTurn, ...]

    @property
    def now(self) -> str:
        """The local time, RFC 3339."""
        return self.context.now.astimezone(self.context.zone).isoformat(timespec="seconds")

    def request(self, tools: Sequence[Tool] = (), *, may_hand_over: bool = False) -> Request:
        """What the model is asked."""
        speaking = self.speaking
        said, found = last_round(self.conversation)
        task = Converse(self._facts(), speaking.language, said, self.now, found)
        return prompts.converse(
            task,
            speaking.prompt,
            messages(self.conversation),
            tools,
            longest=speaking.longest,
            may_hand_over=may_hand_over,
        )

    def founded(self, request: Request) -> FoundedText:
        """What judges the model's words: the facts, and what tools gave, are what it may state."""
        found: dict[str, Any] = {}
        for place, (tool, result) in enumerate(results(self.conversation)):
            found[f"{tool} {place}"] = result
        known = {**self._facts(), **{name: prompts.as_fact(value) for name, value in found.items()}}
        return FoundedText.of(
            {**self.speaking.facts, **found},
            tuple(known.values()),
            request.messages[0].text,
            self.context,
            self.speaking.language,
            self.speaking.longest,
        )

    def fields(self, said: str) -> dict[str, Any]:
        """The fields of the output of a round in which the model said so."""
        dealer = str(self.context.dealership.get("name") or "")
        disclosure = ai_disclosure(dealer, self.speaking.language)
        first = not any(turn.role == "assistant" and turn.text for turn in self.conversation)
        return {
            "reply": said,
            "disclosure": disclosure,
            "message": f"{said}\n\n{disclosure}" if said and first else said,
            "conversation": [*self.conversation, *((replied(said),) if said else ())],
        }

    def _facts(self) -> dict[str, str]:
        zone = self.context.zone
        return {name: prompts.as_fact(value, zone) for name, value in self.speaking.facts.items()}


def continued(
    so_far: Sequence[ConversationTurn], text: str, gave: Mapping[str, Any]
) -> tuple[ConversationTurn, ...]:
    """The conversation up to the model's turn.

    While calls of it are unanswered, the first of them is answered by what `gave` holds for its tool, and `text` waits.
    Else `text` is what is said next. Raises `StepError` of type `bad_input` where there is nothing to answer.
    """
    waiting = unanswered(so_far)
    if waiting:
        result = gave.get(waiting[0].tool)
        try:
            return (*so_far, given(waiting[0], NOTHING_CAME if result is None else result))
        except ValueError as error:
            raise StepError(str(error), type="bad_input", help="give fewer of its fields") from None
    if text.strip():
        return (*so_far, asked(text))
    raise StepError("there is nothing to answer: `text` is empty", type="bad_input")
