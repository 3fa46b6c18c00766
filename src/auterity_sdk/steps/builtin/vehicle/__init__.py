"""Vehicles."""

from auterity_sdk.steps.builtin.vehicle.decode_vin import DecodedVin, decode_vin

__all__ = ["DecodedVin", "decode_vin"]
