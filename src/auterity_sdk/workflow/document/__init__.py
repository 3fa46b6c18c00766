"""A workflow file's YAML: read into plain data that keeps its places, and written in one canonical form."""

from auterity_sdk.workflow.document.comments import Comment
from auterity_sdk.workflow.document.loading import Document, is_workflow, load_document
from auterity_sdk.workflow.document.scalars import ambiguity
from auterity_sdk.workflow.document.source import YamlSource
from auterity_sdk.workflow.document.writing import write_document
from auterity_sdk.workflow.document.yaml_rules import YAML_RULES, YamlRule

__all__ = [
    "YAML_RULES",
    "Comment",
    "Document",
    "YamlRule",
    "YamlSource",
    "ambiguity",
    "is_workflow",
    "load_document",
    "write_document",
]
