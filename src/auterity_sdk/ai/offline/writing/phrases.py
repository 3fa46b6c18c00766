"""The ready words of a language, of which a text is put together."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Phrases(Struct, frozen=True):
    """What does not come from the facts. Of several ways to say a thing one is taken by the text itself."""

    greeting: tuple[str, ...]
    greeting_by_name: tuple[str, ...]
    acts: Mapping[str, tuple[str, ...]]
    """What instructions ask to be said (`thank`), and how."""
    closings: Mapping[str, tuple[str, ...]]
    """The question or request at the end, by what it is about."""
    names: Mapping[str, str]
    """What a fact is called, by its name; `{}` is its value in those that are whole sentences."""
    unnamed: str
    """The sentence of a fact whose name is no word of the language."""
    found: str
    """What a search has found."""
    nothing: str
    """It has found nothing."""
    yes: str
    no: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    day: str
    """A day, by `weekday`, `month`, `number` and `year`."""
    clock: str
    """A time of day, as `strftime` takes it."""
    and_word: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH = Phrases(
    greeting=("Hello,", "Hi there,"),
    greeting_by_name=("Hi {},", "Hello {},"),
    acts={
        "thank": ("Thank you for getting in touch.", "Thanks for reaching out to us."),
        "apologize": ("We are sorry about the trouble.", "We apologize for the trouble."),
        "confirm": ("This is to confirm what we have for you.", "We have you down as follows."),
        "remind": ("This is a short reminder.", "A quick reminder from us."),
        "follow_up": ("We wanted to follow up with you.", "We are following up on your question."),
        "decline": ("We are not able to do that.", "Unfortunately that is not possible."),
        "welcome": ("You are welcome.", "Glad to help."),
    },
    closings={
        "appointment": ("When can you come by?", "What time suits you for a visit?"),
        "call": ("When is a good time to call you?", "What is the best time for a call?"),
        "trade": (
            "Do you have a vehicle to trade in?",
            "Is there a vehicle you would like to trade?",
        ),
        "finance": (
            "Would you like to talk about financing?",
            "Shall we look at payments together?",
        ),
        "confirm": ("Does that still work for you?", "Is that right for you?"),
        "review": ("Would you leave us a review?", "Would you tell others how it went?"),
        "help": ("How else can we help?", "What else would you like to know?"),
    },
    names={
        "price": "The price is {}.",
        "quote": "Our quote is {}.",
        "payment": "The payment is {}.",
        "monthly_payment": "The monthly payment is {}.",
        "vehicle": "This is about the {}.",
        "available": "Available: {}.",
        "availability": "Availability: {}.",
        "in_stock": "In stock: {}.",
        "stock": "The stock number is {}.",
        "mileage": "It has {} miles.",
        "color": "The color is {}.",
        "day": "The day is {}.",
        "time": "The time is {}.",
        "appointment": "Your appointment is {}.",
        "hours": "Our hours are {}.",
        "opening_hours": "Our hours are {}.",
        "address": "Our address is {}.",
        "phone": "You can call us at {}.",
        "link": "More is at {}.",
        "url": "More is at {}.",
        "slots": "Open times are {}.",
        "low": "The low end is {}.",
        "high": "The high end is {}.",
        "question": "You asked: {}",
    },
    unnamed="The {name} is {value}.",
    found="We have {}.",
    nothing="We have nothing that fits.",
    yes="yes",
    no="no",
    months=_words(
        "January February March April May June July August September October November December"
    ),
    weekdays=_words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    day="{weekday}, {month} {number}, {year}",
    clock="%I:%M %p",
    and_word="and",
)
SPANISH = Phrases(
    greeting=("Hola,", "Buen día,"),
    greeting_by_name=("Hola, {}:", "Buen día, {}:"),
    acts={
        "thank": ("Gracias por escribirnos.", "Le agradecemos su mensaje."),
        "apologize": ("Lamentamos las molestias.", "Le pedimos una disculpa por las molestias."),
        "confirm": ("Le confirmamos lo siguiente.", "Esto es lo que tenemos apuntado."),
        "remind": ("Este es un breve recordatorio.", "Le recordamos lo siguiente."),
        "follow_up": (
            "Queremos dar seguimiento a su consulta.",
            "Damos seguimiento a su pregunta.",
        ),
        "decline": ("No nos es posible hacer eso.", "Lamentablemente no es posible."),
        "welcome": ("De nada.", "Con gusto."),
    },
    closings={
        "appointment": ("¿Cuándo puede pasar a vernos?", "¿Qué hora le conviene para una visita?"),
        "call": ("¿Cuándo le podemos llamar?", "¿A qué hora le conviene una llamada?"),
        "trade": ("¿Tiene un vehículo para dejar a cuenta?", "¿Quiere dejar un vehículo a cuenta?"),
        "finance": ("¿Le gustaría hablar del financiamiento?", "¿Vemos juntos los pagos?"),
        "confirm": ("¿Le sigue quedando bien?", "¿Es correcto?"),
        "review": ("¿Nos dejaría una reseña?", "¿Contaría a otros cómo le fue?"),
        "help": ("¿En qué más le podemos ayudar?", "¿Qué más le gustaría saber?"),
    },
    names={
        "price": "El precio es {}.",
        "quote": "Nuestra cotización es {}.",
        "payment": "El pago es {}.",
        "monthly_payment": "El pago mensual es {}.",
        "vehicle": "Se trata del vehículo {}.",
        "available": "Disponible: {}.",
        "availability": "Disponibilidad: {}.",
        "in_stock": "En existencia: {}.",
        "stock": "El número de inventario es {}.",
        "mileage": "Tiene {} millas.",
        "color": "El color es {}.",
        "day": "El día es {}.",
        "time": "La hora es {}.",
        "appointment": "Su cita es {}.",
        "hours": "Nuestro horario es {}.",
        "opening_hours": "Nuestro horario es {}.",
        "address": "Nuestra dirección es {}.",
        "phone": "Nos puede llamar al {}.",
        "link": "Hay más en {}.",
        "url": "Hay más en {}.",
        "slots": "Los horarios libres son {}.",
        "low": "El mínimo es {}.",
        "high": "El máximo es {}.",
        "question": "Usted preguntó: {}",
    },
    unnamed="{label}: {value}.",
    found="Tenemos {}.",
    nothing="No tenemos nada que corresponda.",
    yes="sí",
    no="no",
    months=_words(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
    weekdays=_words("lunes martes miércoles jueves viernes sábado domingo"),
    day="{weekday} {number} de {month} de {year}",
    clock="%H:%M",
    and_word="y",
)
_BY_TAG = {"en": ENGLISH, "es": SPANISH}


def phrases(language: str) -> Phrases | None:
    """Those of a BCP 47 tag (`es-MX`), None where there are none."""
    return _BY_TAG.get(language.lower().partition("-")[0])
