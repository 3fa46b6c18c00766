"""The path says where a request acts: the narrowest place of it, and only if the path tells the truth."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_server.access.places import KINDS, place_of_path
from auterity_server.access.principal import Place
from auterity_server.access.refusals import NotThere
from tests.server.access.conftest import LIVE, OTHER_STORE, OURS, PLACES, STORE, THEIRS, House

TREE: dict[tuple[str, str], Place] = {}
for _organisation, _stores in PLACES.items():
    TREE["organisation", _organisation] = Place(_organisation)
    for _store, _environments in _stores:
        if _store is not None:
            TREE["store", _store] = Place(_organisation, _store)
        for _environment in _environments:
            TREE["environment", _environment] = Place(_organisation, _store, _environment)

ids = st.sampled_from([name for _, name in TREE] + ["nothing"])
paths = st.fixed_dictionaries({}, optional={f"{kind}_id": ids for kind in KINDS})


class _Tree:
    async def find(self, kind: str, id: str) -> Place | None:
        return TREE.get((kind, id))


@given(paths)
def test_a_place_is_found_where_every_part_of_the_path_is_true(path: dict[str, str]) -> None:
    fitting = [
        place
        for (kind, _), place in TREE.items()
        if all(getattr(place, key.removesuffix("_id")) == named for key, named in path.items())
        and f"{kind}_id" == ([f"{k}_id" for k in KINDS if f"{k}_id" in path] or [""])[-1]
    ]
    try:
        found = asyncio.run(place_of_path(_Tree(), path))
    except NotThere:
        assert fitting == []
    else:
        assert found == (fitting[0] if path else None)


@pytest.mark.parametrize(
    "path",
    [
        {"organisation_id": THEIRS, "environment_id": LIVE},
        {"store_id": OTHER_STORE, "environment_id": LIVE},
        {"organisation_id": OURS, "store_id": "sto_theirs"},
        {"environment_id": STORE},
    ],
)
async def test_a_path_that_mixes_places_leads_nowhere(house: House, path: dict[str, str]) -> None:
    with pytest.raises(NotThere):
        await place_of_path(house.access.door.places, path)


async def test_the_database_has_the_same_tree(house: House) -> None:
    for (kind, name), place in TREE.items():
        for _ in range(2):
            assert await house.access.door.places.find(kind, name) == place
    assert await house.access.door.places.find("store", "nothing") is None
