"""Spells amounts and days as people write them: the other way round than the reader, and by code of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal


def words(row: str) -> list[str]:
    return row.split()


ONES = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
TENS = words("_ _ twenty thirty forty fifty sixty seventy eighty ninety")
UNOS = words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve"
)
DIECES = words("_ _ _ treinta cuarenta cincuenta sesenta setenta ochenta noventa")
CIENTOS = words(
    "_ ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)
MONTHS = words(
    "January February March April May June July August September October November December"
)
MESES = words(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
DAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
DIAS = words("lunes martes miércoles jueves viernes sábado domingo")
ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)


def english(number: int, joint: str = "-") -> str:
    if number < 20:
        return ONES[number]
    if number < 100:
        rest = f"{joint}{ONES[number % 10]}" if number % 10 else ""
        return TENS[number // 10] + rest
    if number < 1000:
        rest = f" {english(number % 100, joint)}" if number % 100 else ""
        return f"{ONES[number // 100]} hundred{rest}"
    rest = f" {english(number % 1000, joint)}" if number % 1000 else ""
    return f"{english(number // 1000, joint)} thousand{rest}"


def spanish(number: int) -> str:
    if number < 30:
        return UNOS[number]
    if number < 100:
        return DIECES[number // 10] + (f" y {UNOS[number % 10]}" if number % 10 else "")
    if number == 100:
        return "cien"
    if number < 1000:
        return CIENTOS[number // 100] + (f" {spanish(number % 100)}" if number % 100 else "")
    thousands = "mil" if number < 2000 else f"{spanish(number // 1000)} mil"
    return thousands.replace("veintiuno mil", "veintiún mil").replace("uno mil", "un mil") + (
        f" {spanish(number % 1000)}" if number % 1000 else ""
    )


def ordinal(number: int) -> str:
    if number <= 20:
        return ORDINALS[number - 1]
    if number == 30:
        return "thirtieth"
    return f"{'twenty' if number < 30 else 'thirty'}-{ORDINALS[number % 10 - 1]}"


def suffixed(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 != 1 else 0, "th")
    return f"{number}{ending}"


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


def european(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


PRICES: dict[str, Callable[[int], str]] = {
    "sign": lambda n: f"${n:,}",
    "cents": lambda n: f"${n:,}.00",
    "no groups": lambda n: f"${n}",
    "bare": lambda n: f"{n:,}",
    "dollars": lambda n: f"{n:,} dollars",
    "code before": lambda n: f"USD {n:,}",
    "code after": lambda n: f"{n:,} USD",
    "country": lambda n: f"US${n:,}",
    "k": lambda n: f"${Decimal(n) / 1000:f}k",
    "spelt": lambda n: f"{english(n)} dollars",
    "spelt with blanks": lambda n: f"{english(n, ' ')} dollars",
    "spelt with and": lambda n: (
        f"{re.sub('hundred (?!thousand)', 'hundred and ', english(n))} dollars"
    ),
    "capitals": lambda n: f"{english(n).upper()} DOLLARS",
    "Spanish words": lambda n: f"{spanish(n)} dólares",
    "European": lambda n: f"{european(Decimal(n))} $",
    "Swiss": lambda n: f"${n:,}".replace(",", "\u2019"),
    "thin spaces": lambda n: f"${n:,}".replace(",", "\u202f"),
    "wide digits": lambda n: f"{wide(f'{n:,}')} dollars",
    "Arabic digits": lambda n: "".join(chr(0x660 + int(c)) for c in str(n)) + " dollars",
    "invisible": lambda n: f"${n:,}".replace(",", ",\u200b"),
    "dash": lambda n: f"—${n:,}—",
}

DATES: dict[str, Callable[[date], str]] = {
    "American": lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    "no year": lambda d: f"{MONTHS[d.month - 1]} {d.day}",
    "short": lambda d: f"{MONTHS[d.month - 1][:3]}. {suffixed(d.day)}",
    "suffix": lambda d: f"{MONTHS[d.month - 1]} {suffixed(d.day)}, {d.year}",
    "British": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    "of": lambda d: f"the {suffixed(d.day)} of {MONTHS[d.month - 1]}",
    "ordinal": lambda d: f"{MONTHS[d.month - 1]} {ordinal(d.day)}",
    "ordinal of": lambda d: f"the {ordinal(d.day)} of {MONTHS[d.month - 1]}",
    "slashes": lambda d: f"{d.month}/{d.day}/{d.year}",
    "short slashes": lambda d: f"{d.month:02}/{d.day:02}/{d.year % 100:02}",
    "month and day": lambda d: f"{d.month}/{d.day}",
    "ISO": lambda d: d.isoformat(),
    "weekday": lambda d: f"{DAYS[d.weekday()]}, {MONTHS[d.month - 1]} {d.day}",
    "short weekday": lambda d: f"{DAYS[d.weekday()][:3]} {d.month}/{d.day}",
    "weekday and suffix": lambda d: (
        f"{DAYS[d.weekday()]} the {suffixed(d.day)} of {MONTHS[d.month - 1]}"
    ),
    "year in words": lambda d: (
        f"{MONTHS[d.month - 1]} {d.day}, {english(d.year // 100)} {english(d.year % 100)}"
    ),
    "Spanish": lambda d: f"{d.day} de {MESES[d.month - 1]}",
    "Spanish with year": lambda d: f"{d.day} de {MESES[d.month - 1]} de {d.year}",
    "Spanish weekday": lambda d: f"{DIAS[d.weekday()]} {d.day} de {MESES[d.month - 1]}",
    "capitals": lambda d: f"{MONTHS[d.month - 1]} {suffixed(d.day)}".upper(),
}


def _half(hour: int) -> str:
    return "am" if hour < 12 else "pm"


def _twelve(hour: int) -> int:
    return hour % 12 or 12


TIMES: dict[str, Callable[[int, int], str]] = {
    "digits": lambda h, m: f"{_twelve(h)}:{m:02} {_half(h)}",
    "attached": lambda h, m: f"{_twelve(h)}:{m:02}{_half(h)}",
    "points": lambda h, m: f"{_twelve(h)}:{m:02} {'a.m.' if h < 12 else 'p.m.'}",
    "capitals": lambda h, m: f"{_twelve(h)}:{m:02} {_half(h).upper()}",
    "of 24 hours": lambda h, m: f"{h:02}:{m:02} h" if h > 6 else f"{_twelve(h)}:{m:02} am",
    "at": lambda h, m: f"at {_twelve(h)}:{m:02} {_half(h)}",
    "words": lambda h, m: (
        f"{english(_twelve(h))} {english(m) if m > 9 else ''} {_half(h)}".replace("  ", " ")
        if not 0 < m < 10
        else f"{_twelve(h)}:{m:02} {_half(h)}"
    ),
    "Spanish": lambda h, m: (
        f"a las {_twelve(h)}:{m:02} de la {'mañana' if h < 12 else 'tarde' if h < 19 else 'noche'}"
    ),
}
CENTS: dict[str, Callable[[Decimal], str]] = {
    "sign": lambda a: f"${a:,.2f}",
    "dollars": lambda a: f"{a:,.2f} dollars",
    "code": lambda a: f"USD {a:.2f}",
    "European": lambda a: f"{european(a)} $",
    "spelt": lambda a: f"{english(int(a))} dollars and {english(int(a * 100) % 100)} cents",
    "Spanish": lambda a: f"{spanish(int(a))} dólares con {spanish(int(a * 100) % 100)} centavos",
    "bold": lambda a: f"$**{a:,.2f}**",
}
