"""Each form of a guarantee as a statement: it holds where the guarantee is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.guarantees.prover import Prover
from auterity_sdk.checks.soundness.algebra import at_least
from auterity_sdk.workflow.guarantee import Count


class Breach(Struct, frozen=True):
    """One way of breaking a guarantee. `on`: at a moment of any run, or on a whole run that ends well.

    `message` says what happens on such a run, `last` is what happens last, `involved` all that matters.
    """

    on: Literal["moment", "run"]
    held: int
    message: str
    involved: tuple[Happening, ...]
    last: Happening | None = None


Happenings = tuple[Happening, ...]


def only_after(prover: Prover, later: Happenings, earlier: Happenings) -> Iterator[Breach]:
    """Something of `later` happens, and nothing of `earlier` has."""
    algebra, moments = prover.algebra, prover.moments
    for what in later:
        known = algebra.either(*(moments.comes_after(what, each) for each in earlier))
        held = algebra.either(
            algebra.both(moments.happens(what), algebra.negate(known)),
            moments.stopped_before(what, earlier),
        )
        message = f"{says(what)} before {_any_says(earlier)}"
        yield Breach("moment", held, message, (what, *earlier), what)


def never_after(prover: Prover, later: Happenings, earlier: Happenings) -> Iterator[Breach]:
    """Something of `later` happens once something of `earlier` has."""
    algebra, moments = prover.algebra, prover.moments
    for what in later:
        for each in earlier:
            held = algebra.either(
                algebra.both(moments.happens(what), moments.comes_after(what, each)),
                algebra.both(moments.ends_late(what), _by_the_end(prover, each, what)),
            )
            message = f"{says(what)} after {says(each)}"
            yield Breach("moment", held, message, (what, each), what)


def always_when(prover: Prover, event: Happenings, condition: Happenings) -> Iterator[Breach]:
    """Something of `condition` happens on a run, and nothing of `event`."""
    algebra = prover.algebra
    happens = algebra.either(*(prover.on_run(each) for each in event))
    for each in condition:
        held = algebra.both(prover.on_run(each), algebra.negate(happens))
        message = f"{says(each)}, and {never_says(event)}"
        yield Breach("run", held, message, (each, *event))


def how_many(
    prover: Prover, count: Count, names: Happenings, condition: Happenings
) -> Iterator[Breach]:
    """Too many or too few of `names` happen."""
    where = f" on a run on which {says(condition[0])}" if condition else ""
    if count is Count.AT_MOST:
        yield from _two_at_a_moment(prover, names, condition, where)
        return
    algebra = prover.algebra
    events = [prover.on_run(each) for each in names]
    asked = [prover.on_run(each) for each in condition]
    none = algebra.negate(algebra.either(*events))
    involved = (*names, *condition)
    yield Breach("run", algebra.both(none, *asked), f"{never_says(names)}{where}", involved)
    if count is Count.EXACTLY:
        held = algebra.both(at_least(algebra, 2, events), *asked)
        yield Breach("run", held, f"{two_say(names)}{where}", involved)


def _two_at_a_moment(
    prover: Prover, names: Happenings, condition: Happenings, where: str
) -> Iterator[Breach]:
    algebra = prover.algebra
    events = [_by_the_end(prover, each) for each in names]
    asked = [_by_the_end(prover, each) for each in condition]
    held = algebra.both(at_least(algebra, 2, events), *asked)
    yield Breach("moment", held, f"{two_say(names)}{where}", (*names, *condition))


def _by_the_end(prover: Prover, what: Happening, of: Happening | None = None) -> int:
    """It has happened, or it does while the run is being stopped; what `of` is about ends last."""
    moments = prover.moments
    happened = moments.happened(what)
    if of is not None and of.step == what.step:
        return happened
    return prover.algebra.either(happened, moments.ends_late(what))


def says(what: Happening) -> str:
    """What happens, as messages say it."""
    if what.step is None:
        return "the run starts"
    if "." not in what.name:
        return f"`{what.name}` starts"
    path, _, outcome = what.name.partition(".")
    return f"`{path}` ends in `{outcome}`"


def _any_says(several: Sequence[Happening]) -> str:
    return " or ".join(says(each) for each in several)


def never_says(several: Sequence[Happening]) -> str:
    """That none of them happens."""
    if len(several) == 1:
        return f"it never comes to `{several[0].name}`"
    return f"it comes to none of {_listed(several)}"


def two_say(several: Sequence[Happening]) -> str:
    """That more than one of them happens."""
    if len(several) == 2:
        return f"it comes to both `{several[0].name}` and `{several[1].name}`"
    return f"it comes to more than one of {_listed(several)}"


def _listed(several: Sequence[Happening]) -> str:
    return ", ".join(f"`{each.name}`" for each in several)
