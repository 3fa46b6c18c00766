"""The hours in which people may be called or texted."""

from auterity_sdk.steps.builtin.hours.gate import Gated, gate

__all__ = ["Gated", "gate"]
