"""Pictures of a workflow: as text for a terminal, and as Mermaid."""

from auterity_sdk.workflow.render.mermaid import mermaid
from auterity_sdk.workflow.render.outline import Line, outline

__all__ = ["Line", "mermaid", "outline"]
