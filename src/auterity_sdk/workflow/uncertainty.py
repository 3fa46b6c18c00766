"""Whether a step may end `uncertain`: its effect may have happened, and an attempt cannot be repeated to make sure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auterity_sdk.workflow.signature import Signature
from auterity_sdk.workflow.step import AnyStep, UsesStep


def may_be_uncertain(step: AnyStep | None, signature: Signature | None) -> bool:
    """Whether no attempt of the step is surely idempotent. Of an unknown step type nothing is sure."""
    if not isinstance(step, UsesStep):
        return False
    if signature is None:
        return True
    return not (signature.idempotent or _is_by_arguments(signature, step.with_))


def _is_by_arguments(signature: Signature, given: Mapping[str, Any]) -> bool:
    for name, values in signature.idempotent_by.items():
        parameter = signature.parameters.get(name)
        written = given.get(name, parameter.default if parameter else None)
        if not _is_expression(written) and written in values:
            return True
    return False


def _is_expression(written: Any) -> bool:
    """What is not known before a run; of `$${` the rest is no value of these arguments anyway."""
    return isinstance(written, str) and "${" in written
