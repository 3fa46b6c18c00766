"""A store: one rooftop of an organisation."""

from __future__ import annotations

from pydantic import ConfigDict

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Name, Request, Title


class NewStore(Request):
    """A store to be made."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "columbus", "title": "Smith Honda of Columbus"}]}
    )

    name: Name
    title: Title


class Store(Answer):
    """A rooftop."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "s4q8w1",
                    "organisation": "o7k2m9",
                    "name": "columbus",
                    "title": "Smith Honda of Columbus",
                    "created_at": "2026-11-28T15:00:00Z",
                }
            ]
        }
    )

    id: Id
    organisation: Id
    name: Name
    title: Title
    created_at: Moment
