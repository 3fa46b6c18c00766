"""Consent to be contacted: asked and written down."""

from auterity_sdk.steps.builtin.consent.check import Checked, check
from auterity_sdk.steps.builtin.consent.record import Recorded, record

__all__ = ["Checked", "Recorded", "check", "record"]
