"""Grants over the tree of organisation, store and environment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.errors import InternalError
from auterity_server.access.permissions import MAY, PEOPLE_ONLY, Permission, Role
from auterity_server.access.principal import Grant, Kind, Place, Principal

ORGANISATION = Place("o1")
STORE = Place("o1", "s1")
LIVE = Place("o1", "s1", "e1")
OF_ALL = Place("o1", None, "e9")

PLACES = [
    place
    for o in ("o1", "o2")
    for place in (
        Place(o),
        Place(o, None, f"{o}-e0"),
        Place(o, f"{o}-s1"),
        Place(o, f"{o}-s1", f"{o}-e1"),
        Place(o, f"{o}-s1", f"{o}-e2"),
        Place(o, f"{o}-s2"),
        Place(o, f"{o}-s2", f"{o}-e3"),
    )
]
places = st.sampled_from(PLACES)
answers = st.frozensets(st.sampled_from(["sales_manager", "finance_manager"]))
grants = st.lists(st.builds(Grant, st.sampled_from(Role), places, answers), max_size=4).map(tuple)
principals = st.builds(Principal, st.just("p"), st.sampled_from(Kind), grants)


def _above(place: Place) -> list[Place]:
    """The place and all around it, said in another way than `covers` does."""
    around = [Place(place.organisation)]
    if place.store is not None:
        around.append(Place(place.organisation, place.store))
    return [*around, place]


@given(places, places)
def test_a_place_covers_itself_and_what_is_in_it(outer: Place, inner: Place) -> None:
    assert outer.covers(inner) == (outer in _above(inner))


@given(principals, st.sampled_from(Permission), places)
def test_a_permission_comes_from_a_grant_at_or_above_the_place(
    principal: Principal, permission: Permission, place: Place
) -> None:
    held = {g.role for g in principal.grants if g.place in _above(place)}
    expected = any(permission in MAY[role] for role in held)
    if principal.kind is Kind.API_KEY:
        expected = expected and permission not in PEOPLE_ONLY
    assert principal.may(permission, place) == expected


@given(principals, st.sampled_from(Permission), places)
def test_within_means_there_or_somewhere_inside(
    principal: Principal, permission: Permission, place: Place
) -> None:
    inside = [p for p in PLACES if place in _above(p)]
    assert principal.may_within(permission, place) == any(
        principal.may(permission, p) for p in inside
    )


@given(principals, places)
def test_nothing_is_seen_of_another_tenant(principal: Principal, place: Place) -> None:
    if all(g.place.organisation != place.organisation for g in principal.grants):
        assert not principal.sees(place)
        assert not any(principal.may_within(p, place) for p in Permission)


@given(principals, places)
def test_who_may_anything_sees_the_place(principal: Principal, place: Place) -> None:
    if any(principal.may_within(p, place) for p in Permission):
        assert principal.sees(place)


@given(principals, grants, st.sampled_from(Permission), places)
def test_a_further_grant_takes_nothing_away(
    principal: Principal, more: tuple[Grant, ...], permission: Permission, place: Place
) -> None:
    richer = Principal(principal.id, principal.kind, principal.grants + more)
    assert richer.may(permission, place) >= principal.may(permission, place)


@pytest.mark.parametrize(
    ("grant", "role", "may"),
    [
        (Grant(Role.APPROVER, STORE, frozenset({"sales_manager"})), "sales_manager", True),
        (Grant(Role.APPROVER, STORE, frozenset({"sales_manager"})), "finance_manager", False),
        (Grant(Role.APPROVER, STORE), "sales_manager", False),
        (Grant(Role.APPROVER, OF_ALL, frozenset({"sales_manager"})), "sales_manager", False),
        (Grant(Role.VIEWER, STORE, frozenset({"sales_manager"})), "sales_manager", False),
        (Grant(Role.OWNER, ORGANISATION), "sales_manager", True),
    ],
)
def test_an_approval_is_answered_by_who_holds_its_business_role(
    grant: Grant, role: str, may: bool
) -> None:
    assert Principal("u", Kind.USER, (grant,)).may_answer(role, LIVE) is may


def test_no_api_key_answers_an_approval() -> None:
    key = Principal("k", Kind.API_KEY, (Grant(Role.OWNER, ORGANISATION),))
    assert not key.may_answer("sales_manager", LIVE)


def test_without_a_place_there_is_no_organisation() -> None:
    with pytest.raises(InternalError):
        _ = Principal("u", Kind.USER).organisation


def test_an_auditor_and_a_viewer_change_nothing() -> None:
    changing = {p for p in Permission if not p.endswith(":read")}
    assert not (MAY[Role.AUDITOR] | MAY[Role.VIEWER]) & changing


def test_an_owner_may_everything_that_there_is() -> None:
    assert MAY[Role.OWNER] == frozenset(Permission)
