"""The step type `ai.chat`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from auterity_sdk.ai.conversation import ConversationTurn
from auterity_sdk.steps.asking import ASKS, ModelChoice, ask
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.conversing import Conversed, Language, Round, Speaking, continued
from auterity_sdk.steps.output import Outcome
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect, label


class ChatRound(Conversed):
    """A round of a conversation with a customer."""

    handover: ClassVar[Outcome] = Outcome("the model says that a person should take over")


@step(
    name="ai.chat",
    idempotent=True,  # asked again, a model does nothing again; what it cost counts each time
    declares=declare(
        effects=[
            effect("llm", boundary="external", text=argument("text")),
            effect("llm", boundary="external", text=argument("prompt")),
            effect("llm", boundary="external", text=argument("facts")),
            effect("llm", boundary="external", conversation=argument("so_far")),
        ],
        labels=[
            label("llm_generated", "reply"),
            label("llm_generated", "message"),
            label("llm_generated", "conversation"),
            label("ai_disclosure", "message"),
            label("ai_disclosure", "disclosure"),
        ],
    ),
    asks=ASKS,
)
async def chat(
    context: StepContext,
    prompt: Annotated[str, Field(min_length=1)],
    text: Annotated[str, Field(min_length=1)],
    so_far: list[ConversationTurn] = [],  # noqa: B006 - never changed
    facts: dict[str, Any] = {},  # noqa: B006 - never changed
    language: Language = "en",
    longest: Annotated[int, Field(ge=0)] = 0,
    connection: str | None = None,
    model: str = "",
    max_tokens: Annotated[int, Field(ge=1)] | None = None,
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None,
) -> ChatRound:
    """Answer what a customer wrote, in a conversation that goes on.

    `text` is the customer's message (it is data to the model), `so_far` the `conversation` of the round before. The reply
    states nothing but `facts`, as that of `ai.draft`. Ends `handover` where a person should take over, and `invalid`
    where no reply may be sent, twice.
    """
    speaking = Speaking(prompt=prompt, facts=facts, language=language, longest=longest)
    this = Round(context, speaking, continued(so_far, text, {}))
    request = this.request(may_hand_over=True)
    founded = this.founded(request)

    def read(found: Mapping[str, Any]) -> str | None:
        """What is said; None for a person's turn."""
        return None if found["person"] else founded.read(found["reply"])

    choice = ModelChoice(connection, model, max_tokens, temperature)
    reply = await ask(context, request, read, choice, told="reply")
    made = reply.ended(ChatRound(**this.fields(reply.value or ""), evidence=reply.evidence))
    return ChatRound.handover(made) if reply.outcome == "ok" and reply.value is None else made
