"""A run's events with personal data masked by its class, as screens, logs and spans may show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from auterity_sdk.checks.dataflow.labels import Labels
from auterity_sdk.dealership.personal_names import without_looks
from auterity_sdk.runs.events import Event
from auterity_sdk.runtime.classed_events import replaced
from auterity_sdk.runtime.classes import PERSONAL, Classes
from auterity_sdk.runtime.personal_values import PersonalValues


class Redaction(Struct, eq=False):
    """Masks one run's events, which are to be given in their order: a value is known once it has come by."""

    classes: Classes
    _values: PersonalValues = field(default_factory=PersonalValues)

    def learn(self, events: Iterable[Event]) -> None:
        """Know the personal values in these events."""
        for event in events:
            replaced(event, self.classes, self._learnt)

    def masked(self, event: Event) -> Event:
        """The event with `[contact]` and the like in the place of what is personal."""
        self.learn((event,))
        return replaced(event, self.classes, self._masked)

    def masked_text(self, text: str) -> str:
        """A text that may quote what is personal."""
        return without_looks(self._values.masked(text))

    def _learnt(self, value: Any, labels: Labels) -> Any:
        self._values.add(value, labels & PERSONAL)
        return value

    def _masked(self, value: Any, labels: Labels) -> Any:
        personal = labels & PERSONAL
        if value is None or (isinstance(value, bool) and not personal):
            return value
        if personal:
            return f"[{', '.join(sorted(personal))}]" if value not in ("", [], {}) else value
        if isinstance(value, str):
            return self.masked_text(value)
        found = self._values.class_in(value)
        return value if found is None else f"[{found}]"
