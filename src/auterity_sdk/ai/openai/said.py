"""What an answer says, however the API spells it: gathered here, and made into an `Answer`."""

from __future__ import annotations

from msgspec import Struct, field

from auterity_sdk.ai.language_model import Answer, Finish, Usage
from auterity_sdk.ai.openai.strict_schema import strict_schema, without_added_nulls
from auterity_sdk.ai.request import Request, ToolCall
from auterity_sdk.ai.tokens import tokens_asked, tokens_of


class Said(Struct):
    """An answer that is being read. Its `usage` is None while the provider did not tell it."""

    id: str = ""
    model: str = ""
    text: str = ""
    refusal: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    finish: Finish | None = None
    usage: Usage | None = None

    def answer(self, request: Request, provider: str, model: str) -> Answer:
        """As the port gives it. A refusal and calls say themselves how the answer ended."""
        finish: Finish = self.finish or "stop"
        if self.refusal:
            finish = "refused"
        elif self.calls and finish == "stop":
            finish = "calls"
        return Answer(
            text=self._text(request),
            calls=tuple(_call(call, request) for call in self.calls),
            refusal=self.refusal,
            finish=finish,
            usage=self.usage or self._estimated(request),
            provider=provider,
            model=self.model or model,
            id=self.id,
        )

    def _text(self, request: Request) -> str:
        if request.shape is None or strict_schema(request.shape.schema) is None:
            return self.text
        return without_added_nulls(self.text, request.shape.schema)

    def _estimated(self, request: Request) -> Usage:
        said = self.text + self.refusal + "".join(call.name + call.arguments for call in self.calls)
        return Usage(tokens_asked(request), tokens_of(said), estimated=True)


def _call(call: ToolCall, request: Request) -> ToolCall:
    for tool in request.tools:
        if tool.name == call.name and strict_schema(tool.parameters) is not None:
            arguments = without_added_nulls(call.arguments, tool.parameters)
            return ToolCall(call.id, call.name, arguments)
    return call
