"""The contracts of architecture.md that import-linter has no words for; its own are in pyproject.toml."""

import itertools

import grimp
import networkx as nx
import pytest

PURE = (
    "checks",
    "runs",
    "workflow",
    "expression",
    "dealership",
    "diagnostics",
    "errors",
    "steps.step_type",
    "steps.registry",
)
IMPURE = (
    "asyncio",
    "httpx2",
    "logging",
    "os",
    "pathlib",
    "random",
    "socket",
    "sqlite3",
    "time",
)
OWNERS = {
    "yaml": ("auterity_sdk.workflow.document",),
    "networkx": ("auterity_sdk.workflow.graph", "auterity_sdk.checks.facts"),
    "cel_expr_python": ("auterity_sdk.expression",),
    "phonenumbers": ("auterity_sdk.dealership.phone",),
    "defusedxml": ("auterity_sdk.dealership.adf",),
    "openai": ("auterity_sdk.ai.openai",),
    "langchain_core": ("auterity_sdk.ai.langchain", "auterity_sdk.runtime.runnables"),
    "genai_prices": ("auterity_sdk.ai.prices",),
}
FAMILIES = (
    "auterity_sdk.checks.rules",
    "auterity_sdk.steps.builtin",
    "auterity_cli.commands",
    "auterity_server.routes",
)


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def members(graph: grimp.ImportGraph, package: str) -> list[str]:
    return [module for module in sorted(graph.modules) if inside(module, package)]


@pytest.mark.parametrize("part", PURE)
def test_the_pure_part_reaches_nothing_impure(graph: grimp.ImportGraph, part: str) -> None:
    chains = [
        " -> ".join(chain)
        for module in members(graph, f"auterity_sdk.{part}")
        for impure in IMPURE
        if impure in graph.modules
        and (chain := graph.find_shortest_chain(importer=module, imported=impure))
    ]
    assert chains == []


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_has_one_owner(graph: grimp.ImportGraph, library: str) -> None:
    importers = (
        graph.find_modules_that_directly_import(library) if library in graph.modules else set()
    )
    strangers = {
        module
        for module in importers
        if not any(inside(module, owner) for owner in OWNERS[library])
    }
    assert strangers == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_members_of_a_family_do_not_know_each_other(graph: grimp.ImportGraph, family: str) -> None:
    leaves = [name for name in members(graph, family) if not graph.find_children(name)]
    meetings = [
        f"{importer} -> {imported}"
        for importer, imported in itertools.permutations(leaves, 2)
        if graph.direct_import_exists(importer=importer, imported=imported)
    ]
    assert meetings == []


def test_no_import_cycle(graph: grimp.ImportGraph) -> None:
    imports = nx.DiGraph()
    for module in graph.modules:
        imports.add_edges_from(
            (module, imported) for imported in graph.find_modules_directly_imported_by(module)
        )
    assert [
        sorted(part) for part in nx.strongly_connected_components(imports) if len(part) > 1
    ] == []


def test_a_module_is_named_for_its_idea(graph: grimp.ImportGraph) -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "base", "core"}
    assert [name for name in graph.modules if vague & set(name.split("."))] == []
