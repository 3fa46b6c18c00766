"""Why a document is not read, or a lead not written."""

from __future__ import annotations

from auterity_sdk.errors import AuterityError


class AdfRefused(AuterityError):
    """The document is dangerous to read: it declares entities, is too large or too deep."""


class AdfUnreadable(AuterityError):
    """Nothing in the document names or reaches a person."""


class AdfNotWritable(AuterityError):
    """The lead lacks what ADF 1.0 demands of every lead."""
