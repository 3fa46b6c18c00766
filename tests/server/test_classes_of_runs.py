"""What is personal in a run's values is worked out once, until the environment takes in what changed."""

from auterity_server.database.places import PlacesOf, first_organisation
from auterity_server.wiring import Wiring
from auterity_server.workflows.checking import read_workflow
from tests.server.conftest import new_organisation
from tests.server.files import PAUSE


async def test_classes_are_those_of_what_is_declared_now(wiring: Wiring) -> None:
    await new_organisation(wiring)
    async with wiring.database.reading() as connection:
        organisation = await first_organisation(connection)
        assert organisation is not None
        here = await PlacesOf(connection, organisation.id).environments((0, ""), 1)
    plans = (await wiring.runs.of(here[0])).runtime.plans
    workflow = read_workflow(PAUSE, "pause.yaml")
    assert workflow is not None
    version = (await plans.of(workflow)).version
    known = await plans.classes(version)
    assert await plans.classes(version) is known
    await wiring.runs.changed(here[0].id)
    assert await plans.classes(version) is not known
