"""All rules, by code and by name; a rule's module is imported when it is asked for."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from auterity_sdk.checks import rules as package
from auterity_sdk.checks.law.catalogue import law_names, law_rules
from auterity_sdk.checks.rule import Rule
from auterity_sdk.errors import UsageError
from auterity_sdk.expression.suggest import did_you_mean

_CODE = re.compile(r"[a-z]{3}[0-9]")


@cache
def rule_names() -> tuple[str, ...]:
    """The names of all rules, sorted, without loading one."""
    return tuple(sorted((*_modules(), *law_names())))


@cache
def all_rules() -> tuple[Rule, ...]:
    """All rules, by code."""
    return tuple(sorted((*map(_named, _modules()), *law_rules()), key=lambda rule: rule.code))


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
    codes = [rule.code.lower() for rule in all_rules()] if _CODE.match(asked) else []
    near = did_you_mean(asked, codes or rule_names())
    proposal = (
        f"a rule with a similar name exists: `{near.upper() if codes else near}`" if near else None
    )
    raise UsageError(
        f"there is no rule `{code_or_name}`",
        help=proposal or "docs/reference/rules.md lists them all",
    )


def known_rule(code_or_name: str) -> Rule | None:
    """The rule of that code or name, or None; quick, and without a proposal."""
    return _by_word().get(code_or_name.lower().replace("_", "-"))


def explain(rule: Rule) -> str:
    """The rule's page as Markdown text: its code and name, and its docstring."""
    return f"# {rule.code} {rule.name} ({rule.severity})\n\n{rule.page}\n"


@cache
def _by_word() -> Mapping[str, Rule]:
    rules = all_rules()
    return {rule.code.lower(): rule for rule in rules} | {rule.name: rule for rule in rules}


@cache
def _modules() -> tuple[str, ...]:
    """The names of the rules that have a module of their own."""
    modules = pkgutil.iter_modules(package.__path__)
    return tuple(module.name.replace("_", "-") for module in modules)


def _named(name: str) -> Rule:
    if name in law_names():
        return next(rule for rule in law_rules() if rule.name == name)
    module = name.replace("-", "_")
    found = getattr(import_module(f"{package.__name__}.{module}"), module)
    assert isinstance(found, Rule)  # noqa: S101 - the naming rule of the folder
    return found
