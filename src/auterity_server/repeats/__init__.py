"""Requests with an `Idempotency-Key` count once, and are told again what they were answered with."""
