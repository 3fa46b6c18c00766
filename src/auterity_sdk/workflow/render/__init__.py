"""Pictures of a workflow: as text for a terminal, as Mermaid, and as SVG."""

from auterity_sdk.workflow.render.mermaid import mermaid
from auterity_sdk.workflow.render.outline import Line, outline
from auterity_sdk.workflow.render.svg import Mark, Marks, svg

__all__ = ["Line", "Mark", "Marks", "mermaid", "outline", "svg"]
