"""The step type `ai.tools`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from auterity_sdk.ai.conversation import ConversationCall, ConversationTurn, called, unanswered
from auterity_sdk.ai.language_model import Answer
from auterity_sdk.ai.request import Request
from auterity_sdk.dealership.classification import DataClass
from auterity_sdk.steps.asking import (
    ASKS,
    Evidence,
    Misfit,
    ModelChoice,
    ask_freely,
    refuse_cut_off,
    unasked,
)
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.conversing import Conversed, Language, Round, Speaking, continued
from auterity_sdk.steps.offered_tools import OfferedTools, ToolOffer
from auterity_sdk.steps.output import Outcome
from auterity_sdk.steps.read_fields import catalog_of
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect, label
from auterity_sdk.workflow.signature import Shaping
from auterity_sdk.workflow.tools import TOOL_NAME

ToolName = Annotated[str, Field(pattern=f"^{TOOL_NAME.pattern}$")]


class ToolRound(Conversed):
    """A round of a conversation with tools: the model's reply, or a call that it wants made.

    Each tool that the step lists is an outcome too, by its name.
    """

    ok: ClassVar[Outcome] = Outcome("the model has answered, in `reply`")

    arguments: dict[str, Any] = {}  # noqa: RUF012 - Pydantic copies it; a factory would not be in the schema
    """What the tool is given that the model asks for, under the tool's name."""

    if TYPE_CHECKING:

        def __getattr__(self, tool: str) -> Outcome: ...


@step(
    name="ai.tools",
    idempotent=True,  # asked again, a model does nothing again; what it cost counts each time
    declares=declare(
        effects=[
            effect("llm", boundary="external", text=argument("text")),
            effect("llm", boundary="external", text=argument("prompt")),
            effect("llm", boundary="external", text=argument("facts")),
            effect("llm", boundary="external", text=argument("results")),
            effect("llm", boundary="external", conversation=argument("so_far")),
        ],
        labels=[
            label("llm_generated", "reply"),
            label("llm_generated", "message"),
            label("llm_generated", "arguments"),
            label("llm_generated", "conversation"),
            label("ai_disclosure", "message"),
            label("ai_disclosure", "disclosure"),
            *(label(DataClass.FREE_TEXT.value, name) for name in ("reply", "message")),
            label(DataClass.FREE_TEXT.value, "conversation"),
        ],
        # A conversation is free text, and each round is given the one before: `arguments` would be free text in all
        # loops, though all that was said came in through the other arguments, where it is checked.
        removes=[DataClass.FREE_TEXT.value],
    ),
    asks=ASKS,
    shapings=[Shaping("tools", "tools", "arguments")],
)
async def tools(
    context: StepContext,
    prompt: Annotated[str, Field(min_length=1)],
    tools: Annotated[dict[ToolName, ToolOffer], Field(min_length=1)],
    text: str = "",
    so_far: list[ConversationTurn] = [],  # noqa: B006 - never changed
    results: dict[str, Any] = {},  # noqa: B006 - never changed
    facts: dict[str, Any] = {},  # noqa: B006 - never changed
    language: Language = "en",
    longest: Annotated[int, Field(ge=0)] = 0,
    connection: str | None = None,
    model: str = "",
    max_tokens: Annotated[int, Field(ge=1)] | None = None,
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None,
) -> ToolRound:
    """One round of a model that may ask for tools: it answers, or the step ends in the outcome of a tool.

    The step itself calls nothing. The workflow's own steps that need `turn.TOOL` do, and the next round is given the
    `conversation` as `so_far`, and what came of it in `results` under the tool's name. Calls that a model makes at once
    are handed out one a round. `text` is what is answered (it may be a stranger's); it waits while calls are open. The
    reply is held to `facts` and `results` as that of `ai.draft`. Ends `invalid` where it states anything else, or where
    a call does not fit its tool, twice.
    """
    offered = OfferedTools.of(tools, catalog_of(context))
    speaking = Speaking(prompt=prompt, facts=facts, language=language, longest=longest)
    this = Round(context, speaking, continued(so_far, text, results))
    choice = ModelChoice(connection, model, max_tokens, temperature)
    waiting = unanswered(this.conversation)
    if waiting:
        return _handed_out(waiting[0], this.conversation, offered, unasked(context, choice))
    request = this.request(offered.tools())
    founded = this.founded(request)

    def read(answer: Answer, question: Request) -> str | ConversationTurn:
        refuse_cut_off(answer, question)
        if not answer.calls:
            return founded.read(answer.text)
        turn = called(answer, this.conversation)
        for call in turn.calls:
            offered.read(call.tool, call.arguments)
        return turn

    reply = await ask_freely(context, request, read, choice, told="")
    if isinstance(reply.value, ConversationTurn):
        conversation = (*this.conversation, reply.value)
        return _handed_out(reply.value.calls[0], conversation, offered, reply.evidence)
    return reply.ended(ToolRound(**this.fields(reply.value or ""), evidence=reply.evidence))


def _handed_out(
    call: ConversationCall,
    conversation: tuple[ConversationTurn, ...],
    offered: OfferedTools,
    evidence: Evidence,
) -> ToolRound:
    """The round ended in the tool of a call. One that fits no longer, since the workflow changed, ends it `invalid`."""
    made = ToolRound(conversation=list(conversation), evidence=evidence)
    try:
        made.arguments = {call.tool: offered.read(call.tool, call.arguments)}
    except Misfit as misfit:
        evidence.problems = list(misfit.problems)
        return ToolRound.invalid(made)
    made.outcome_name = call.tool
    return made
