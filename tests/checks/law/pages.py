"""The examples on the pages of the rules, and the step types that a page declares for them."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.checks.law.rule import LawRule
from auterity_sdk.checks.policy import Policy
from auterity_sdk.checks.profile import Profile
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import StepType
from auterity_sdk.workflow.document import load_document

_BLOCK = re.compile(r"^```(yaml|python)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One rule's page, and what its examples are checked with."""

    rule: LawRule

    @cached_property
    def registry(self) -> Registry:
        """The built-in step types, and those that the page declares."""
        namespace: dict[str, Any] = {"__name__": "page"}
        for language, _, text in _BLOCK.findall(self.rule.page):
            if language == "python":
                exec(compile(text, self.rule.name, "exec"), namespace)  # noqa: S102 - our own page
        own = [value for value in namespace.values() if isinstance(value, StepType)]
        return builtin_registry().extended(own)

    def example(self, section: str) -> str:
        """The workflow below a heading."""
        text = self.rule.page.partition(f"## {section}\n")[2]
        return str(_BLOCK.findall(text)[0][2])

    @property
    def profile(self) -> Profile:
        """A dealer for whom the rule is asked."""
        return Profile(jurisdictions=frozenset(self.rule.places) | {"us"})

    def check(self, section: str) -> Checked:
        """What is found in one of the examples."""
        document = load_document(self.example(section), file="example.yaml")
        return check_document(document, self.registry, policy=Policy(dealer=self.profile))
