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
I could be there around 5:30 on Friday | 11-27 | 17:30
Let's do Wednesday at 11 | 11-25 | 11:00
Can you fit me in on Monday the 30th at 8:15 am? | 11-30 | 08:15
My wife and I want to stop by this Saturday at noon | 11-28 | 12:00
How about the day after tomorrow, 4 o'clock? | 11-26 | 16:00
I'll be in town on the 5th, can I swing by at 11am? | 12-05 | 11:00
We can make it Saturday, say 3ish? | 11-28 | 15:00
put me on the calendar for December 8 at 2:30pm | 12-08 | 14:30
tomorrow morning at 9 sharp | 11-25 | 09:00
next Thursday at 6pm works | 12-03 | 18:00
Wednesday next week, 10:45am | 12-02 | 10:45
Today at 5 if that's ok | 11-24 | 17:00
Dec 1 1pm | 12-01 | 13:00
Would 11/30 at 3:00 be possible? | 11-30 | 15:00
in a week at 2pm | 12-01 | 14:00
Friday after 4pm works best | 11-27 | 16:00
Sunday half past one | 11-29 | 13:30
I can come Tues the 1st at a quarter past 10 | 12-01 | 10:15
See you at 7:30 tomorrow morning to drop off the truck | 11-25 | 07:30
Quiero ir a verla este sábado a las 11 de la mañana | 11-28 | 11:00
¿Me puede agendar para el 3 de diciembre a las 4:30? | 12-03 | 16:30
Puedo el lunes 30 a las 2 de la tarde | 11-30 | 14:00
Paso hoy a las 6 | 11-24 | 18:00
¿Está bien si llego el martes a las 4:15 de la tarde? | 12-01 | 16:15
Quiero manejar la Highlander el domingo a mediodía | 11-29 | 12:00
mañana en la tarde, como a las 3 y media | 11-25 | 15:30
el miércoles que viene a las ocho de la mañana | 11-25 | 08:00
Nos vemos el 28 a la una | 11-28 | 13:00
El jueves a las 7 de la noche por favor | 11-26 | 19:00
La próxima semana, el martes a las 10 am | 12-01 | 10:00
Me sirve el viernes 4 de diciembre, 9:30 | 12-04 | 09:30
I was thinking Friday night around seven | 11-27 | 19:00
This coming Monday @ 4 | 11-30 | 16:00
December 2nd, 10 in the morning | 12-02 | 10:00
the first Saturday of December at 10 | 12-05 | 10:00
first thing tomorrow, 8 | 11-25 | 08:00
the last Friday in December at 2 | 12-25 | 14:00
el primer sábado de diciembre a las 10 | 12-05 | 10:00
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
