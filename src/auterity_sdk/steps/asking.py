"""How the `ai.*` step types ask a model: once, and once more where the answer cannot be taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel, Field

from auterity_sdk.ai.language_model import OFFLINE, Answer, LanguageModel
from auterity_sdk.ai.prices import Cost
from auterity_sdk.ai.prompts import repaired, said
from auterity_sdk.ai.request import LONGEST_ANSWER, Request
from auterity_sdk.ai.scrub.scrub import find
from auterity_sdk.ai.streamed_field import StreamedField
from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.spending import OverBudget, spending
from auterity_sdk.steps.sure_fit import object_fits_surely
from auterity_sdk.workflow.signature import Asking
from auterity_sdk.workflow.values import misfits

T = TypeVar("T")

_LONGEST_QUOTE = 20_000

_REQUESTS = 2
"""Questions that are put in one attempt: the first, and once more where its answer cannot be taken."""
ASKS = Asking(_REQUESTS, LONGEST_ANSWER)
"""What an attempt of a step that calls `ask` asks at the most."""

_STAYS = frozenset({DataClass.CREDIT, DataClass.GOVERNMENT_ID})
"""Classes that go to no model outside, whatever the checks of the workflow said."""

Said = Annotated[str, Classified(DataClass.FREE_TEXT)]


class Evidence(BaseModel):
    """What a model was asked and answered, and what that took: the journal's record of a step that asks one."""

    provider: str
    """Who answered; `offline` is no model but rules on this machine."""
    model: str
    requests: int = 0
    """Questions that were put: two where the first answer could not be taken."""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False
    """The provider did not count the tokens, so they were reckoned."""
    cost_usd: float | None = None
    """US dollars for all requests; None where the price of the model is not known."""
    price_table: str = ""
    """Where the price is from, with its version."""
    passed: list[str] = Field(default_factory=list)
    """Budgets that are used up, and say that a call is made all the same."""
    longest_answer: int = 0
    temperature: float | None = None
    asked: Said = ""
    """The messages of the last request, as text."""
    answered: Said = ""
    answer_id: str = ""
    refusal: Said = ""
    problems: list[str] = Field(default_factory=list)
    """Why the last answer was not taken."""


class Asked(Output):
    """Base of the outputs of steps that ask a model."""

    ok: ClassVar[Outcome] = Outcome("an answer that can be taken")
    invalid: ClassVar[Outcome] = Outcome("no answer of the form, twice", value=False)
    refused: ClassVar[Outcome] = Outcome("the model or its provider would not answer", value=False)
    over_budget: ClassVar[Outcome] = Outcome("the call would have passed a budget", value=False)

    evidence: Evidence


Made = TypeVar("Made", bound=Asked)


class Misfit(Exception):
    """An answer cannot be taken. `problems` tell the model why."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class Reply(Struct, Generic[T]):
    """How the asking ended. `value` is there where `outcome` is `ok`."""

    outcome: Literal["ok", "invalid", "refused", "over_budget"]
    value: T | None
    evidence: Evidence

    def ended(self, made: Made) -> Made:
        """The output, in the outcome of the asking."""
        made.outcome_name = self.outcome
        return made


class ModelChoice(Struct, frozen=True):
    """Who is asked, and how. Empty and None: as the connection says."""

    connection: str | None = None
    model: str = ""
    max_tokens: int | None = None
    temperature: float | None = None

    def of(self, request: Request) -> Request:
        """The request, put so."""
        longest = self.max_tokens or request.longest_answer
        return replace(
            request, model=self.model, longest_answer=longest, temperature=self.temperature
        )


async def ask(
    context: StepContext,
    request: Request,
    read: Callable[[Mapping[str, Any]], T],
    choice: ModelChoice,
    told: str | None = None,
) -> Reply[T]:
    """Put a question whose answer is a JSON object, and read that object, as `ask_freely` does an answer.

    The text of its field `told` is told as it comes, where somebody reads along.
    """

    def of_object(answer: Answer, question: Request) -> T:
        return read(answered_object(answer, question))

    return await ask_freely(context, request, of_object, choice, told)


async def ask_freely(
    context: StepContext,
    request: Request,
    read: Callable[[Answer, Request], T],
    choice: ModelChoice,
    told: str | None = None,
) -> Reply[T]:
    """Put a question, and read its answer.

    `read` raises `Misfit` for an answer that cannot be taken: the model is told why, and asked once more. Rules
    answer the same twice, so they are not. `told` names the field of the answer whose text is told as it comes, where
    somebody reads along; `""` is the answer as it is.
    """
    calls = spending(context, choice.connection)
    question = choice.of(request)
    if calls.model.provider != OFFLINE:
        _refuse_what_may_not_leave(question)
    evidence = _evidence(calls.model, question.model)
    hearing = _hearing(context, told)
    for number in range(1, _REQUESTS + 1):
        try:
            answer, cost = await calls.answer(question, hearing)
        except OverBudget as refused:
            evidence.problems = [str(refused)]
            return Reply("over_budget", None, evidence)
        _note(evidence, question, answer)
        _note_cost(evidence, cost)
        evidence.passed = list(calls.passed)
        if hearing is not None:
            hearing.look()
        if answer.finish in ("refused", "filtered"):
            return Reply("refused", None, evidence)
        try:
            return Reply("ok", read(answer, question), evidence)
        except Misfit as misfit:
            evidence.problems = list(misfit.problems)
        if number == _REQUESTS or answer.provider == OFFLINE:
            break
        question = repaired(question, said(answer.text, answer.calls), evidence.problems)
        if hearing is not None:
            hearing.begin_again()
    return Reply("invalid", None, evidence)


def _hearing(context: StepContext, told: str | None) -> StreamedField | None:
    if told is None or context.on_text is None:
        return None
    return StreamedField(told, context.on_text)


def unasked(context: StepContext, choice: ModelChoice) -> Evidence:
    """The evidence of a step that needed no question this time."""
    model = context.connections.get(LanguageModel, choice.connection)
    return _evidence(model, choice.model)


def _evidence(model: LanguageModel, name: str) -> Evidence:
    return Evidence(provider=model.provider, model=name or model.model)


def _refuse_what_may_not_leave(request: Request) -> None:
    """The run-time twin of the rule `npi-to-llm` (16 CFR 314.4(c)(3)). Its error names kinds, and quotes nothing."""
    text = "\n\n".join(said(message.text, message.calls) for message in request.messages)
    kinds = {each.kind for each in find(text, classes=_STAYS)}
    if kinds:
        raise StepError(
            f"the text holds what may not leave this machine: {', '.join(sorted(kinds))}",
            type="personal_data",
            help="put an `ai.redact` step before this one, and give its text",
        )


def _note_cost(evidence: Evidence, cost: Cost | None) -> None:
    """An unknown price makes the whole cost unknown: a part of it would look like all."""
    known = evidence.requests == 1 or evidence.cost_usd is not None
    evidence.cost_usd = float(cost.usd) + (evidence.cost_usd or 0.0) if cost and known else None
    evidence.price_table = cost.table if cost is not None else ""


def answered_object(answer: Answer, request: Request) -> Mapping[str, Any]:
    """The answer's text as the object that was asked for. Raises `Misfit`."""
    refuse_cut_off(answer, request)
    try:
        found = json.loads(answer.text)
    except ValueError:
        raise Misfit(["it is no JSON"]) from None
    if not isinstance(found, dict):
        raise Misfit(["it is no JSON object"])
    schema = request.shape.schema if request.shape is not None else {}
    if object_fits_surely(schema, found):
        return found
    problems = [
        f"{'.'.join(map(str, each.place)) or 'the object'} {each.message}"
        for each in misfits(found, schema)
    ]
    if problems:
        raise Misfit(problems)
    return found


def refuse_cut_off(answer: Answer, request: Request) -> None:
    """Raises `Misfit` for an answer that ended at its bound."""
    if answer.finish == "length":
        raise Misfit([f"it was cut off at {request.longest_answer} tokens: be shorter"])


def _note(evidence: Evidence, request: Request, answer: Answer) -> None:
    evidence.provider, evidence.model = answer.provider, answer.model
    evidence.requests += 1
    evidence.input_tokens += answer.usage.input
    evidence.cached_tokens += answer.usage.cached
    evidence.output_tokens += answer.usage.output
    evidence.estimated |= answer.usage.estimated
    evidence.longest_answer, evidence.temperature = request.longest_answer, request.temperature
    asked = (f"[{each.role}] {said(each.text, each.calls)}" for each in request.messages)
    evidence.asked = "\n\n".join(asked)[:_LONGEST_QUOTE]
    evidence.answered = said(answer.text, answer.calls)[:_LONGEST_QUOTE]
    evidence.refusal = answer.refusal
    evidence.answer_id, evidence.problems = answer.id, []
