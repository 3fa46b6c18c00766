"""What a step type declares of itself beside its types: effects, facts, duties and labels, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from auterity_sdk.workflow.duration import Duration


class Argument(Struct, frozen=True):
    """The value of an argument, or of a member below it: `customer.phone`."""

    name: str
    members: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join((self.name, *self.members))


Detail = Argument | str
"""A plain word, or the value that the step is given for an argument."""

Details = Mapping[str, Detail]


class Effect(Struct, frozen=True):
    """What a step does to the world: `send`, `credit.pull`, `publish`, ….

    `subjects` are whom or what it is done to; a fact that it needs must hold for each of them. `details` say more:
    channel, purpose, and which argument holds the text.
    """

    kind: str
    subjects: tuple[Argument, ...] = ()
    details: Details = field(default_factory=dict)


class Fact(Struct, frozen=True):
    """What is known once a step has ended in one of the outcomes `on` (all that give a value, if empty).

    It is known of the value of `subject` alone, and for `lifetime` only; None is for good. `when` are values that
    arguments must have, each one of several.
    """

    name: str
    subject: Argument | None = None
    lifetime: Duration | None = None
    on: tuple[str, ...] = ()
    details: Details = field(default_factory=dict)
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Duty(Struct, frozen=True):
    """What must be done once a step has ended in one of the outcomes `on`, or is done by ending so.

    `when` are values that arguments must have, each one of several.
    """

    name: str
    on: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Label(Struct, frozen=True):
    """What kind of data the output's field `field` holds; the whole output, if it is empty."""

    name: str
    field: str = ""


class Declaration(Struct, frozen=True):
    """All that a step type declares.

    `requires` are facts that a step of this type needs, `withdraws` names of facts that hold no longer once it has
    ended. `labels` is new data, and of the labels of the arguments `passes` (None: of all) those that are not in
    `removes` are on the output too.
    """

    effects: tuple[Effect, ...] = ()
    gives: tuple[Fact, ...] = ()
    requires: tuple[Fact, ...] = ()
    withdraws: tuple[Fact, ...] = ()
    raises: tuple[Duty, ...] = ()
    discharges: tuple[Duty, ...] = ()
    labels: tuple[Label, ...] = ()
    removes: tuple[str, ...] = ()
    passes: tuple[str, ...] | None = None


NOTHING = Declaration()


def declare(
    *,
    effects: Iterable[Effect] = (),
    gives: Iterable[Fact] = (),
    requires: Iterable[Fact] = (),
    withdraws: Iterable[Fact] = (),
    raises: Iterable[Duty] = (),
    discharges: Iterable[Duty] = (),
    labels: Iterable[Label] = (),
    removes: Iterable[str] = (),
    passes: Iterable[str] | None = None,
) -> Declaration:
    """What a step type declares: `@step(declares=declare(effects=[…], gives=[…]))`."""
    return Declaration(
        tuple(effects),
        tuple(gives),
        tuple(requires),
        tuple(withdraws),
        tuple(raises),
        tuple(discharges),
        tuple(labels),
        tuple(removes),
        None if passes is None else tuple(passes),
    )


def argument(path: str) -> Argument:
    """The value of an argument of the step, or of a member below it: `argument("customer.phone")`."""
    name, *members = path.split(".")
    return Argument(name, tuple(members))


def effect(kind: str, subject: str | Iterable[str] = (), **details: Detail) -> Effect:
    """An effect: `effect("credit.pull", "applicant", kind="hard")`. A plain text among the details is itself."""
    subjects = (subject,) if isinstance(subject, str) else tuple(subject)
    return Effect(kind, tuple(map(argument, subjects)), details)


def send(channel: Detail, to: str, text: str, purpose: Detail, **details: Detail) -> Effect:
    """A message to somebody: `to` and `text` name arguments."""
    more = {"channel": channel, "purpose": purpose, "text": argument(text), **details}
    return Effect("send", (argument(to),), more)


def fact(
    name: str,
    subject: str | None = None,
    *,
    lifetime: str | None = None,
    on: str | Iterable[str] = (),
    when: Mapping[str, str | Iterable[str]] | None = None,
    **details: Detail,
) -> Fact:
    """A fact: `fact("hours.ok", "phone", lifetime="15m", on="open")`."""
    return Fact(
        name,
        None if subject is None else argument(subject),
        None if lifetime is None else Duration.parse(lifetime),
        _words(on),
        details,
        _conditions(when),
    )


def duty(
    name: str,
    *,
    on: str | Iterable[str] = (),
    when: Mapping[str, str | Iterable[str]] | None = None,
) -> Duty:
    """A duty: `duty("adverse_action", on="denied")`."""
    return Duty(name, _words(on), _conditions(when))


def label(name: str, field: str = "") -> Label:
    """A label of an output, or of one of its fields."""
    return Label(name, field)


def _conditions(when: Mapping[str, str | Iterable[str]] | None) -> Mapping[str, tuple[str, ...]]:
    return {key: _words(values) for key, values in (when or {}).items()}


def _words(words: str | Iterable[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)
