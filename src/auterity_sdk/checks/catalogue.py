"""All rules, by code and by name; a rule's module is imported when it is asked for."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from auterity_sdk.checks import rules as package
from auterity_sdk.checks.rule import Rule
from auterity_sdk.errors import UsageError
from auterity_sdk.expression.suggest import did_you_mean


@cache
def rule_names() -> tuple[str, ...]:
    """The names of all rules, sorted, without loading one."""
    modules = pkgutil.iter_modules(package.__path__)
    return tuple(sorted(module.name.replace("_", "-") for module in modules))


@cache
def all_rules() -> tuple[Rule, ...]:
    """All rules, by code."""
    return tuple(sorted(map(_named, rule_names()), key=lambda rule: rule.code))


def find_rule(code_or_name: str) -> Rule:
    """The rule of that code (`AUT301`) or name (`unknown-step`), in upper or lower case.

    Raises `UsageError` if there is none.
    """
    asked = code_or_name.strip().lower().replace("_", "-")
    if asked in rule_names():
        return _named(asked)
    for rule in all_rules():
        if rule.code.lower() == asked:
            return rule
    codes = [rule.code.lower() for rule in all_rules()] if asked.startswith("aut") else []
    near = did_you_mean(asked, codes or rule_names())
    proposal = (
        f"a rule with a similar name exists: `{near.upper() if codes else near}`" if near else None
    )
    raise UsageError(
        f"there is no rule `{code_or_name}`",
        help=proposal or "docs/reference/rules.md lists them all",
    )


def explain(rule: Rule) -> str:
    """The rule's page as Markdown text: its code and name, and its docstring."""
    return f"# {rule.code} {rule.name} ({rule.severity})\n\n{rule.page}\n"


def _named(name: str) -> Rule:
    module = name.replace("-", "_")
    found = getattr(import_module(f"{package.__name__}.{module}"), module)
    assert isinstance(found, Rule)  # noqa: S101 - the naming rule of the folder
    return found
