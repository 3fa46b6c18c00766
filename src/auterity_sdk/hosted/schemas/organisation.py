"""An organisation: a dealership group, and the tenant of the server."""

from __future__ import annotations

from pydantic import ConfigDict

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Name, Request, Title


class NewOrganisation(Request):
    """An organisation to be made; who makes it becomes its owner."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "smith-auto", "title": "Smith Auto Group"}]}
    )

    name: Name
    title: Title


class Organisation(Answer):
    """A dealership group."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "o7k2m9",
                    "name": "smith-auto",
                    "title": "Smith Auto Group",
                    "created_at": "2026-11-28T15:00:00Z",
                }
            ]
        }
    )

    id: Id
    name: Name
    title: Title
    created_at: Moment
