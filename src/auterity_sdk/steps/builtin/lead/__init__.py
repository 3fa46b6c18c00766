"""Leads: read, recognised, scored and given to somebody."""

from auterity_sdk.steps.builtin.lead.deduplicate import Deduplicated, deduplicate
from auterity_sdk.steps.builtin.lead.parse_adf import ParsedAdf, parse_adf
from auterity_sdk.steps.builtin.lead.route import Routed, Teammate, route
from auterity_sdk.steps.builtin.lead.score import Scored, ScoreWeights, score

__all__ = [
    "Deduplicated", "ParsedAdf", "Routed", "ScoreWeights", "Scored", "Teammate", "deduplicate", "parse_adf",
    "route", "score",
]  # fmt: skip
