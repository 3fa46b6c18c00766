"""An environment, in which versions of workflows are live and runs go on: `staging`, `production`."""

from __future__ import annotations

from pydantic import ConfigDict

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Name, Request


class NewEnvironment(Request):
    """An environment to be made, of a store, or of the organisation where `store` is None.

    `protected`: what is pushed there goes live when a second person has approved it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "production", "store": "s4q8w1", "protected": True}]
        }
    )

    name: Name
    store: Id | None = None
    protected: bool = False


class EnvironmentChange(Request):
    """What is to change; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"protected": True}]})

    protected: bool | None = None


class Environment(Answer):
    """An environment. Those of one store have different names, and so have those of the organisation itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "e1x5c3",
                    "organisation": "o7k2m9",
                    "store": "s4q8w1",
                    "name": "production",
                    "protected": True,
                    "created_at": "2026-11-28T15:00:00Z",
                }
            ]
        }
    )

    id: Id
    organisation: Id
    store: Id | None = None
    name: Name
    protected: bool
    created_at: Moment
