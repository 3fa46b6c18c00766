"""Trade-ins."""

from auterity_sdk.steps.builtin.trade.appraise import Appraised, appraise

__all__ = ["Appraised", "appraise"]
