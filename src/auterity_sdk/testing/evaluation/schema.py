"""The JSON Schema of a file of cases, made of the model."""

from __future__ import annotations

from auterity_sdk.testing.evaluation.model import EvalFile
from auterity_sdk.workflow.json_schema import Dialect, Json, in_dialect

ID = "urn:auterity:cases:{dialect}"


def schema_of_cases(dialect: Dialect = "draft-07") -> Json:
    """The schema in a dialect, complete in itself."""
    made = EvalFile.model_json_schema()
    return in_dialect(made, dialect, ID, "Auterity file of labelled cases", plain_texts=False)
