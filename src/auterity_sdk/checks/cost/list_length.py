"""How long a list can be: by its literal, or by `maxItems` of the schema that it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auterity_sdk.expression.chains import Path, chain_of
from auterity_sdk.expression.engine import parse
from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.tree import Call, Fold, Items, Node
from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.step import UsesStep
from auterity_sdk.workflow.types import schema_of

Schema = Mapping[str, Any]


class ListLengths:
    """Of the lists in the expressions of one workflow."""

    def __init__(self, workflow: Workflow, catalog: Catalog) -> None:
        self._workflow = workflow
        self._catalog = catalog

    def longest(self, text: str, graphs: Sequence[Graph]) -> int | None:
        """At most so many items an expression gives that reads the names of `graphs`, inner first; None: any number."""
        parsed = parse(text)
        return None if isinstance(parsed, Problem) else self._of(parsed.node, graphs)

    def _of(self, node: Node, graphs: Sequence[Graph]) -> int | None:
        match node:
            case Items(items=items):
                return len(items)
            case Call(function="_+_", arguments=(left, right)):
                lengths = self._of(left, graphs), self._of(right, graphs)
                return None if None in lengths else sum(each or 0 for each in lengths)
            case Call(function="_?_:_", arguments=(_, then, other)):
                return _larger(self._of(then, graphs), self._of(other, graphs))
            case Call(function="orValue", arguments=(other,), target=asked) if asked is not None:
                return _larger(self._of(asked, graphs), self._of(other, graphs))
            case Fold(range=over) if over != Items(over.id, over.at, ()):
                return self._of(over, graphs)  # `filter` and `map` make a list no longer
        chain = chain_of(node)
        return None if chain is None else self._of_path(chain.path, graphs)

    def _of_path(self, path: Path, graphs: Sequence[Graph]) -> int | None:
        schema = self._schema(path[0], path[1:2], graphs)
        if schema is None:
            return None
        rest = path[2:] if path[0] == "input" else path[1:]
        return _longest(_below(schema, rest))

    def _schema(self, root: str, member: Path, graphs: Sequence[Graph]) -> Schema | None:
        if root == "input":
            written = self._workflow.input.get(member[0]) if member else None
            return None if written is None else self._written(written)
        for graph in graphs:
            if root in graph.bound:
                return None
            node = graph.nodes.get(root)
            if node is not None:
                if not isinstance(node.step, UsesStep) or node.signature is None:
                    return None
                return {"$defs": node.signature.definitions, **node.signature.output}
        return None

    def _written(self, written: Any) -> Schema | None:
        try:
            return schema_of(written, self._catalog)
        except KeyError:
            return None


def _larger(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)


def _below(schema: Schema, members: Path) -> Schema | None:
    definitions = schema.get("$defs", {})
    found: Any = _resolved(schema, definitions)
    for member in members:
        found = found.get("properties", {}).get(member) if isinstance(found, Mapping) else None
        found = _resolved(found, definitions)
    return found if isinstance(found, Mapping) else None


def _resolved(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """What a reference leads to; a value that may be null is as long as if it were not."""
    for _ in range(len(definitions) + 1):
        if not isinstance(schema, Mapping):
            return None
        if "$ref" in schema:
            schema = definitions.get(str(schema["$ref"]).rpartition("/")[2])
            continue
        some = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
        if len(some) != 1:
            return schema
        schema = some[0]
    return None


def _longest(schema: Schema | None) -> int | None:
    most = schema.get("maxItems") if schema is not None else None
    return most if isinstance(most, int) and schema and schema.get("type") == "array" else None
