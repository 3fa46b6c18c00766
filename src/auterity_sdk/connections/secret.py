"""References to secrets: settings name where a secret is, and it is read only when it is used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from auterity_sdk.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class SecretReference:
    """`env:NAME` or `file:PATH`. Its text is the reference, never the secret."""

    reference: str

    def reveal(self) -> str:
        """The secret itself. Raises `ConfigurationError` where it is not there."""
        kind, _, where = self.reference.partition(":")
        found = os.environ.get(where) if kind == "env" else _content(where)
        if not found:
            raise ConfigurationError(
                f"the secret `{self.reference}` is not there or empty",
                help=f"export {where}=…" if kind == "env" else f"write it to {where}",
            )
        return found

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def _validate(cls, value: object) -> SecretReference:
        if isinstance(value, cls):
            return value
        kind, _, where = value.partition(":") if isinstance(value, str) else ("", "", "")
        if kind not in ("env", "file") or not where:
            raise PydanticCustomError(
                "no_secret_reference", "name where the secret is: `env:NAME` or `file:PATH`"
            )
        return cls(f"{kind}:{where}")


def _content(path: str) -> str | None:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
