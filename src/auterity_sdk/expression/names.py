"""Names that no step, input or macro variable may take."""

from __future__ import annotations

CEL_WORDS = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
    ]
)
"""The words that CEL's grammar keeps."""

CEL_TYPES = frozenset(
    [
        "bool",
        "bytes",
        "double",
        "duration",
        "dyn",
        "int",
        "list",
        "map",
        "null_type",
        "optional",
        "optional_type",
        "string",
        "timestamp",
        "type",
        "uint",
        "google",
    ]
)
"""CEL's types and name spaces: a step of that name could not be read."""

ROOT_NAMES = frozenset({"input", "run", "secrets", "connections", "outcome", "event"})
"""Roots that every expression may know, whatever the steps are called."""

BODY_NAMES = frozenset({"item", "index", "previous"})
"""Roots that `for_each` and `repeat` bind."""

RESERVED_NAMES = CEL_WORDS | CEL_TYPES | ROOT_NAMES | BODY_NAMES
"""All of them. Python's own keywords are the business of who writes Python."""
