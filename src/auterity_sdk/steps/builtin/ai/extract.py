"""The step type `ai.extract`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from auterity_sdk.ai import prompts
from auterity_sdk.ai.pictures import picture
from auterity_sdk.errors import StepError
from auterity_sdk.steps.asking import ASKS, Asked, ModelChoice, ask
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.read_fields import catalog_of, read_fields
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect, label
from auterity_sdk.workflow.fields import fields_schema
from auterity_sdk.workflow.signature import Catalog, Shaping


class Extracted(Asked):
    """The fields that `output` names, as the text or the pictures hold them."""

    model_config = ConfigDict(extra="allow")


@step(
    name="ai.extract",
    idempotent=True,  # asked again, a model does nothing again; what it cost counts each time
    declares=declare(
        effects=[
            effect("llm", boundary="external", text=argument("text")),
            effect("llm", boundary="external", text=argument("prompt")),
            effect("llm", boundary="external", text=argument("pictures")),
        ],
        labels=[label("llm_generated")],
    ),
    shapings=[Shaping("output", "fields")],
    asks=ASKS,
)
async def extract(
    context: StepContext,
    output: str | dict[str, Any],
    text: str = "",
    prompt: str = "",
    pictures: list[str] = [],  # noqa: B006 - never changed
    connection: str | None = None,
    model: str = "",
    max_tokens: Annotated[int, Field(ge=1)] | None = None,
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None,
) -> Extracted:
    """Read typed values out of a text, or out of pictures.

    `output` says which: a named type (`Vehicle`), a JSON Schema, or names with a type each; these are the step's
    own fields then. `text` may be a stranger's: the model is told to read it as data. `pictures` are `data:` URLs
    of PNG, JPEG, WebP or GIF. Days such as `tomorrow` are meant from now, in the dealership's time zone. Ends
    `invalid` where no answer meets the types, twice.
    """
    if not (text.strip() or prompt.strip() or pictures):
        raise StepError("there is nothing to read values from", type="bad_input")
    catalog = catalog_of(context)
    schema = _schema(output, catalog)
    now = context.now.astimezone(context.zone).isoformat(timespec="seconds")
    request = prompts.extract(
        text, schema, prompt, now=now, pictures=[picture(each) for each in pictures]
    )
    read = partial(read_fields, schema=schema, written=output, catalog=catalog)
    reply = await ask(
        context, request, read, ModelChoice(connection, model, max_tokens, temperature)
    )
    return reply.ended(Extracted(**(reply.value or {}), evidence=reply.evidence))


def _schema(output: str | dict[str, Any], catalog: Catalog) -> Mapping[str, Any]:
    try:
        return fields_schema(output, catalog)
    except (KeyError, ValueError) as error:
        raise StepError(f"`output` does not fit: {error}", type="bad_input") from None
