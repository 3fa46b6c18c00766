"""A `call` of one version of a workflow: of the files, of the store, and whatever becomes of the files."""

from __future__ import annotations

import pytest

from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow
from tests.runtime.worlds import REGISTRY, workflow, world

FIRST, SECOND = (
    workflow(f"steps: {{a: {{uses: add, with: {{n: {n}}}}}}}\noutput: {{n: '${{a.n}}'}}", "child")
    for n in (1, 2)
)


def here(store: MemoryStore | SqliteStore, *children: Workflow) -> LocalRuntime:
    return LocalRuntime(world(registry=REGISTRY.extended(workflows=children)), store)


def address(of: Workflow) -> str:
    return version(of, build_graph(of, REGISTRY))[:8]


def calling(name: str) -> Workflow:
    return workflow(
        f"steps: {{c: {{call: {name}}}}}\nends: {{ok: c, no: c.failed}}\noutput: {{n: '${{c.?n.orValue(0)}}'}}"
    )


async def test_a_version_of_the_store_is_called(store: MemoryStore | SqliteStore) -> None:
    await here(store, FIRST).run(FIRST, {})
    now = here(store, SECOND)
    for name, output in (
        ("child", 3),
        (f"child@{address(FIRST)}", 2),
        (f"child@{address(SECOND)}", 3),
    ):
        view = await now.run(calling(name), {}, to_the_end=True)
        assert (view.end, view.output) == ("ok", {"n": output})


@pytest.mark.parametrize("name", ["child@0123abcd", "child@v1", "other@%s"])
async def test_an_unknown_version_fails_the_step(
    store: MemoryStore | SqliteStore, name: str
) -> None:
    await here(store).run(FIRST, {})
    name = name.replace("%s", address(FIRST))
    view = await here(store, SECOND).run(calling(name), {}, to_the_end=True)
    assert view.end == "no"
    error = view.steps[0].error
    assert error is not None
    assert (error.type, name in error.message) == ("configuration", True)


async def test_a_run_has_the_versions_that_it_names_whatever_becomes_of_the_files(
    store: MemoryStore | SqliteStore,
) -> None:
    run = await here(store, FIRST).start(calling(f"child@{address(FIRST)}"), {})
    await store.prune([])
    later = here(store, SECOND)
    await Worker(later).work_off()
    assert (await later.show(run)).output == {"n": 2}


async def test_a_run_that_is_started_after_a_prune_has_its_versions_too(
    store: MemoryStore | SqliteStore,
) -> None:
    """What a process has compiled long ago, and who calls what by its version, may have been forgotten meanwhile."""
    one, outer = here(store, FIRST), calling(f"child@{address(FIRST)}")
    over = await one.run(outer, {}, to_the_end=True)
    children = await store.runs(parent_run=over.run_id)
    assert await store.prune([over.run_id, *(child.run_id for child in children)]) == 2
    assert await store.versions("") == []
    run = await one.start(outer, {})
    assert len(await store.versions("")) == 2
    later = here(store, SECOND)
    await Worker(later).work_off()
    assert (await later.show(run)).output == {"n": 2}


async def test_a_plan_alone_keeps_nothing(store: MemoryStore | SqliteStore) -> None:
    await here(store, FIRST).plans.of(calling(f"child@{address(FIRST)}"))
    assert await store.versions("") == []
