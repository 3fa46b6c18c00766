"""The step type `ai.restore`."""

from __future__ import annotations

from typing import Annotated

from auterity_sdk.ai.scrub.scrub import restore as put_back
from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step


class Restored(Output):
    """A text with its personal data in place again."""

    text: Annotated[str, Classified(DataClass.FREE_TEXT)]


@step(name="ai.restore")
async def restore(text: str, originals: dict[str, str]) -> Restored:
    """Put back what `ai.redact` took out with `tokenize`. A token that it did not make stays as it is."""
    return Restored(text=put_back(text, originals))
