"""Days and times as customers write them, on Tuesday 2026-11-24."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.spoken.clock import times
from auterity_sdk.ai.spoken.days import days

TODAY = date(2026, 11, 24)

SAID = """
Can I come by tomorrow at 4:30 pm to drive the Bronco? | 11-25 | 16:30
Saturday at 10 works for us, see you then | 11-28 | 10:00
Please put me down for a test drive on Dec 3rd at noon. | 12-03 | 12:00
I'm off work on 12/1, would 9:15 in the morning be ok? | 12-01 | 09:15
next Friday at 3 | 12-04 | 15:00
this friday 2pm | 11-27 | 14:00
next week Tuesday at ten | 12-01 | 10:00
Tuesday next week at 1 | 12-01 | 13:00
day after tomorrow around 5ish | 11-26 | 17:00
the 3rd at 10am | 12-03 | 10:00
Friday, Dec 4th 1:00 PM | 12-04 | 13:00
a week from tomorrow at quarter to five | 12-02 | 16:45
December third, two thirty in the afternoon | 12-03 | 14:30
7th of December at eight in the morning | 12-07 | 08:00
sat at 11 | 11-28 | 11:00
wed 1130am | 11-25 | 11:30
thurs @ 3 | 11-26 | 15:00
tonight after 7 | 11-24 | 19:00
drop it off at 7 tomorrow | 11-25 | 07:00
black friday 8am | 11-27 | 08:00
in two weeks at 2 p.m. | 12-08 | 14:00
Monday, half past ten | 11-30 | 10:30
2027-01-05 14:00 | 2027-01-05 | 14:00
Jan 5 at four o'clock | 2027-01-05 | 16:00
¿Puedo pasar el viernes a las 5 de la tarde? | 11-27 | 17:00
una cita para mañana a las diez y media de la mañana | 11-25 | 10:30
el próximo viernes a las 11 | 11-27 | 11:00
el viernes que viene a las tres y cuarto | 11-27 | 15:15
pasado mañana a las 16:30 | 11-26 | 16:30
mañana por la mañana a las 9 | 11-25 | 09:00
mañana a las cinco menos cuarto | 11-25 | 16:45
el 3 de diciembre a la una | 12-03 | 13:00
el día 2 a las 9:30 | 12-02 | 09:30
lunes 30 de noviembre 10 am | 11-30 | 10:00
quiero ir hoy a mediodía | 11-24 | 12:00
""".strip().splitlines()

RULED_OUT = """
Not Friday, Saturday instead at half past two | 11-28 | 14:30
Friday doesn't work, how about Saturday at 2? | 11-28 | 14:00
can we reschedule from Thursday at 2 to Friday at 9? | 11-27 | 09:00
Let's do 2pm instead of 3pm on Friday | 11-27 | 14:00
I can't do 3 tomorrow, 4 is fine | 11-25 | 16:00
I called last Friday, can I come Monday at 3? | 11-30 | 15:00
I work Monday through Friday so only Saturday at nine works | 11-28 | 09:00
No puedo el jueves, ¿qué tal el sábado a las 12? | 11-28 | 12:00
¿Podemos mover la cita del jueves a las 2 para el viernes a las 9? | 11-27 | 09:00
""".strip().splitlines()

NEITHER = """
What time do you close on Sundays?
We're open 24/7, 2016 Civic, 88k miles at 2.9% for 72 months
This is the 3rd time I've called
I sat in it for 20 minutes
it has 5 doors and 2 keys
between 2 and 4
before 5
llegué por la mañana
los viernes
at 7
""".strip().splitlines()


def _day(said: str) -> date:
    return date.fromisoformat(said if said.count("-") == 2 else f"2026-{said}")


@pytest.mark.parametrize("line", [*SAID, *RULED_OUT])
def test_the_day_and_the_time_that_are_meant(line: str) -> None:
    text, day, at = map(str.strip, line.split("|"))
    assert [said.day for said in days(text, TODAY)] == [_day(day)]
    assert [said.at for said in times(text)] == [time.fromisoformat(at)]


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_neither(text: str) -> None:
    assert days(text, TODAY) == []
    assert times(text) == []


@given(
    st.dates(TODAY, TODAY + timedelta(days=364)),
    st.sampled_from(("%B %-d", "%b %-d", "%Y-%m-%d", "%-m/%-d/%Y", "%-m/%-d")),
)
def test_every_written_date_is_read(day: date, form: str) -> None:
    text = f"see you on {day.strftime(form)}."
    [said] = days(text, TODAY)
    assert said.day == day


@given(st.times(), st.sampled_from(("%H:%M", "%-I:%M %p", "%-I:%M%p")))
def test_every_written_time_is_read(at: time, form: str) -> None:
    text = f"I will be there at {at.strftime(form)}"
    if form == "%H:%M" and 1 <= at.hour <= 12 and not text.split()[-1].startswith("0"):
        return  # it does not say which half of the day
    [said] = times(text)
    assert (said.at.hour, said.at.minute) == (at.hour, at.minute)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for day in days(text, TODAY):
        assert 0 <= day.start < day.end <= len(text)
    for at in times(text):
        assert 0 <= at.start < at.end <= len(text)
