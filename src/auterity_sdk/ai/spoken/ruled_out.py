"""What a text names only to say that it is not meant: `not Friday`, `instead of 3 pm`, `el jueves no puedo`."""

from __future__ import annotations

import re

from auterity_sdk.ai.statements.calendar_words import LONG_WEEKDAYS

_BEFORE = re.compile(
    r"(?:\bnot|n't|\bcant|\bcannot|\bcan not|\bwont|\bnever|\bexcept(?: for)?|\bbut not|\bany(?:time| day)? but|\bother than"
    r"|\binstead of|\brather than|\bmoved? (?:\w+ ){0,4}?from|\bchanged? (?:\w+ ){0,4}?from|\bpush(?:ed)? (?:\w+ ){0,3}?from|\breschedule (?:\w+ ){0,4}?from|\bfrom"
    r"|\bmissed|\bunavailable|\bbusy|\bclosed|\bno|\bno puedo|\ben (?:vez|lugar) de|\bmenos|\bexcepto|\bsalvo|\bocupad[oa]"
    r"|\bque no sea|\b(?:cambiar|mover|pasar|recorrer) (?:\w+ ){0,4}?del?)"
    r"(?: (?:make it|do|be able to make|come(?: in)?|able to come|available|on|at|for|my|the|until|come by|el|la|las|a|de|del|para|poder|ir"
    rf"|appointment|appt|cita|this|next|este|{'|'.join(LONG_WEEKDAYS)}))*\s*$"
)
_AFTER = re.compile(
    r"^\s*(?:at \d+(?::\d\d)?(?: ?[ap]m)? )?(?:(?:really |just |actually |now )?(?:does ?n'?o?t|do ?n'?o?t|wo ?n'?t|will not|is ?n'?t|is not|can'?t|cannot|no longer)\b"
    r"|(?:is|'s) (?:out|no good|bad|not|too|full|booked)|(?:ya )?no (?:me |nos )?(?:puedo|podemos|queda|sirve|funciona|va|trabajo|alcanzo)"
    r"|instead of\b(?=$))"
)
_CLAUSE = re.compile(r"[.;!?]|,| but | pero | so | asi que ")


def is_ruled_out(folded: str, start: int, end: int) -> bool:
    """Whether the part of a folded text is named to be refused or left."""
    before = _CLAUSE.split(folded[max(0, start - 60) : start])[-1]
    return _BEFORE.search(before) is not None or _AFTER.search(folded[end : end + 40]) is not None
