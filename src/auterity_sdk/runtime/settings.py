"""`auterity.toml`: what a project is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auterity_sdk.errors import ConfigurationError

FILE_NAME = "auterity.toml"


class Section(BaseModel):
    """A table of the file. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ProjectTable(Section):
    """`[project]`: `steps` are Python modules with `@step`s; `workflows` are folders that `call` looks in."""

    name: str = ""
    steps: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ("workflows",)


class Dealership(Section):
    """`[dealership]`: who the messages come from. `region` is a US state such as `OH`; `timezone` an IANA name."""

    name: str = ""
    region: str = ""
    country: str = "US"
    timezone: str = "UTC"
    phone: str = ""
    address: str = ""


class Settings(Section):
    """The whole file. `connections` holds one table for each configured outside system."""

    project: ProjectTable = Field(default_factory=ProjectTable)
    dealership: Dealership = Field(default_factory=Dealership)
    connections: dict[str, dict[str, Any]] = Field(default_factory=dict)


def read_settings(file: Path) -> Settings:
    """The settings in a file. Raises `ConfigurationError` that names the file and the key."""
    import tomllib  # here: a file may be checked without a project

    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not TOML: {error}") from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{file}: `{key}`: {first['msg']}") from None
