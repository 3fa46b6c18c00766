"""Who asks, what they were granted, and whether that covers a place."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from auterity_sdk.errors import InternalError
from auterity_server.access.permissions import MAY, PEOPLE_ONLY, Permission, Role


class Place(Struct, frozen=True):
    """An organisation, a store of one, or an environment; by their ids.

    An environment belongs to a store, or to the organisation itself: then `store` is None.
    """

    organisation: str
    store: str | None = None
    environment: str | None = None

    def covers(self, other: Place) -> bool:
        """Whether `other` is this place, or lies within it."""
        return self.organisation == other.organisation and (
            self._is_organisation
            or (self.environment is None and self.store == other.store)
            or self == other
        )

    @property
    def _is_organisation(self) -> bool:
        return self.store is None and self.environment is None


class Grant(Struct, frozen=True):
    """A role in a place. `answers` are the business roles of approvals (`sales_manager`, …)."""

    role: Role
    place: Place
    answers: frozenset[str] = frozenset()


class Kind(StrEnum):
    """What signed in."""

    USER = "user"
    API_KEY = "api_key"


class Principal(Struct, frozen=True):
    """Who asks. `place` is where this request acts: the guard found it from the path.

    `session` is that of a person's sign-in, None for an API key.
    """

    id: str
    kind: Kind
    grants: tuple[Grant, ...] = ()
    session: str | None = None
    place: Place | None = None

    @property
    def actor(self) -> str:
        """How the audit and journals name them: `user:ID` or `api_key:ID`, and no personal data."""
        return f"{self.kind}:{self.id}"

    @property
    def organisation(self) -> str:
        """The organisation that this request acts in: the only one whose rows it may touch."""
        if self.place is None:
            raise InternalError("this route has no place in its path")
        return self.place.organisation

    def may(self, permission: Permission, place: Place) -> bool:
        """Whether a grant allows it there."""
        return any(self._allows(g, permission) for g in self.grants if g.place.covers(place))

    def may_within(self, permission: Permission, place: Place) -> bool:
        """Whether a grant allows it there, or somewhere inside."""
        return self.may(permission, place) or any(
            self._allows(g, permission) for g in self.grants if place.covers(g.place)
        )

    def where(self, permission: Permission) -> tuple[Place, ...]:
        """The places in the organisation of this request for which a grant allows it, with all that is in them."""
        return tuple(
            grant.place
            for grant in self.grants
            if grant.place.organisation == self.organisation and self._allows(grant, permission)
        )

    def sees(self, place: Place) -> bool:
        """Whether the place exists for them: a grant covers it, or lies within it."""
        return any(g.place.covers(place) or place.covers(g.place) for g in self.grants)

    def may_answer(self, business_role: str, place: Place) -> bool:
        """Whether they answer approvals of that business role there. An owner answers every one."""
        return self.holds(business_role, place) or any(
            g.role is Role.OWNER for g in self._answering(place)
        )

    def holds(self, business_role: str, place: Place) -> bool:
        """Whether a grant names them for that business role there."""
        return any(business_role in g.answers for g in self._answering(place))

    def _answering(self, place: Place) -> Iterator[Grant]:
        for grant in self.grants:
            if grant.place.covers(place) and self._allows(grant, Permission.APPROVALS_ANSWER):
                yield grant

    def _allows(self, grant: Grant, permission: Permission) -> bool:
        if self.kind is Kind.API_KEY and permission in PEOPLE_ONLY:
            return False
        return permission in MAY[grant.role]
