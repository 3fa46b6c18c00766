"""Whether an attempt of a step type may be made again without a second effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.workflow.signature import Signature


class OnlyWith(Struct, frozen=True):
    """One that is idempotent only where an argument has one of the values of `values`; `defaults` are of those left out."""

    values: Mapping[str, tuple[str | bool, ...]]
    defaults: Mapping[str, Any]

    def allows(self, arguments: Any) -> bool:
        """Whether an attempt with these arguments may be made again."""
        given = arguments if isinstance(arguments, Mapping) else {}
        return any(
            given.get(name, self.defaults.get(name)) in allowed
            for name, allowed in self.values.items()
        )


def idempotence_of(signature: Signature | None) -> OnlyWith | None:
    """What a step type allows; None where it is always idempotent, as is one that is not known: it runs nothing."""
    if signature is None or signature.idempotent:
        return None
    values = signature.idempotent_by
    defaults = {name: each.default for name, each in signature.parameters.items() if name in values}
    return OnlyWith(values, defaults)
