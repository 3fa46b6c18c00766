"""The states of the USA: their codes, names, and the time zones that lie in each."""

from __future__ import annotations

# Source: the IANA time zone database's zone1970.tab and 49 CFR part 71 (limits of the zones), zones with the same
# rules today merged. A state that a limit crosses has both sides.
_STATES = """
AL Alabama America/Chicago
AK Alaska America/Anchorage America/Adak
AZ Arizona America/Phoenix America/Denver
AR Arkansas America/Chicago
CA California America/Los_Angeles
CO Colorado America/Denver
CT Connecticut America/New_York
DE Delaware America/New_York
DC District_of_Columbia America/New_York
FL Florida America/New_York America/Chicago
GA Georgia America/New_York
HI Hawaii Pacific/Honolulu
ID Idaho America/Boise America/Los_Angeles
IL Illinois America/Chicago
IN Indiana America/New_York America/Chicago
IA Iowa America/Chicago
KS Kansas America/Chicago America/Denver
KY Kentucky America/New_York America/Chicago
LA Louisiana America/Chicago
ME Maine America/New_York
MD Maryland America/New_York
MA Massachusetts America/New_York
MI Michigan America/New_York America/Chicago
MN Minnesota America/Chicago
MS Mississippi America/Chicago
MO Missouri America/Chicago
MT Montana America/Denver
NE Nebraska America/Chicago America/Denver
NV Nevada America/Los_Angeles America/Denver
NH New_Hampshire America/New_York
NJ New_Jersey America/New_York
NM New_Mexico America/Denver
NY New_York America/New_York
NC North_Carolina America/New_York
ND North_Dakota America/Chicago America/Denver
OH Ohio America/New_York
OK Oklahoma America/Chicago America/Denver
OR Oregon America/Los_Angeles America/Boise
PA Pennsylvania America/New_York
RI Rhode_Island America/New_York
SC South_Carolina America/New_York
SD South_Dakota America/Chicago America/Denver
TN Tennessee America/New_York America/Chicago
TX Texas America/Chicago America/Denver
UT Utah America/Denver
VT Vermont America/New_York
VA Virginia America/New_York
WA Washington America/Los_Angeles
WV West_Virginia America/New_York
WI Wisconsin America/Chicago
WY Wyoming America/Denver
"""

_ROWS = tuple(line.split() for line in _STATES.split("\n") if line)

STATE_ZONES: dict[str, tuple[str, ...]] = {code: tuple(zones) for code, _, *zones in _ROWS}
"""The IANA zones that lie in each state, the most populous first."""

_CODES = {code.casefold(): code for code in STATE_ZONES} | {
    name.replace("_", " ").casefold(): code for code, name, *_ in _ROWS
}


def state_code(text: str) -> str | None:
    """The two letters of a state written as `OH`, `oh`, `US-OH` or `Ohio`; None if it is none."""
    folded = " ".join(text.casefold().replace(".", "").split())
    return _CODES.get(folded.removeprefix("us-"))
