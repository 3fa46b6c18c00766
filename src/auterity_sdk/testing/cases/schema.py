"""The JSON Schema of a test file, made of the model."""

from __future__ import annotations

from auterity_sdk.testing.cases.model import CaseFile
from auterity_sdk.workflow.json_schema import Dialect, Json, in_dialect

ID = "urn:auterity:test:{dialect}"


def schema_of_tests(dialect: Dialect = "draft-07") -> Json:
    """The schema in a dialect, complete in itself."""
    made = CaseFile.model_json_schema()
    return in_dialect(made, dialect, ID, "Auterity test file", plain_texts=False)
