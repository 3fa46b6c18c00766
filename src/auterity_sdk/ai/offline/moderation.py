"""What is harmful in a text, by plain words: a floor, not a judge."""

from __future__ import annotations

import re

from auterity_sdk.dealership.folding import fold

_CATEGORIES = {
    "harassment": (
        r"\b(?:you(?:'re| are)?|u r|your|fucking|stupid|bunch of|eres(?: un| una)?|son unos|pinches?) (?:\w+ )?(?:idiots?|morons?|assholes?"
        r"|bastards?|bitch(?:es)?|scumbags?|pieces? of shit|retards?|idiotas?|imbeciles?|estupid[oa]s?|pendej[oa]s?|cabron(?:es)?|put[oa]s?)\b"
        r"|\bfuck (?:you|off)\b|\bscrew you\b|\bgo to hell\b|\bchinga tu madre\b|\bvete a la mierda\b|\bhij[oa]s? de puta\b"
    ),
    "harassment/threatening": (
        r"\b(?:i|we)(?:'ll| will| am going to|'m going to|m gonna|'m gonna| gonna) (?:\w+ ){0,2}(?:kill|hurt|shoot|stab|beat|burn|find) (?:you|him|her|them|y'all|all of you)\b"
        r"|\byou(?:'re| are) (?:dead|going to die|gonna die)\b|\bwatch your back\b|\b(?:i|we) know where you live\b"
        r"|\b(?:te|los|las) (?:voy|vamos) a (?:matar|golpear|romper|quemar|disparar)\b|\bte (?:mato|parto la cara)\b|\bse(?: van)? (?:a arrepentir|donde vives)\b"
    ),
    "hate": (
        r"\b(?:go back to (?:your|ur) (?:own )?country|regresa(?:te)? a tu pais"
        r"|(?:hate|despise|kill|deport|ban) (?:all )?(?:the )?(?:blacks?|jews?|muslims?|mexicans?|immigrants|gays|asians?|arabs?|whites|women|christians)"
        r"|(?:odio|maten|fuera) (?:a )?(?:todos )?(?:los |las )?(?:negros|judios|musulmanes|mexicanos|inmigrantes|gays|asiaticos|arabes|mujeres))\b"
        r"|\b(?:blacks|jews|muslims|mexicans|immigrants|gays|asians|arabs) (?:are|is) (?:\w+ )?(?:animals|vermin|subhuman|scum|filth|criminals)\b"
    ),
    "self-harm": (
        r"\b(?:kill(?:ing)? myself|end(?:ing)? (?:it all|my life)|suicid(?:e|al)|want to die|hurt(?:ing)? myself|cut(?:ting)? myself|no reason to live"
        r"|quiero morir(?:me)?|matarme|suicidar(?:me)?|suicidio|quitarme la vida|hacerme dano)\b"
    ),
    "sexual": (
        r"\b(?:blow ?jobs?|send (?:me )?nudes|naked (?:pics?|pictures|photos)|sex with (?:me|you)|porn|have sex|horny|escorts?(?: service)|fotos? desnuda?|sexo (?:conmigo|contigo)|porno)\b"
    ),
    "sexual/minors": (
        r"\b(?:child porn|underage (?:sex|girls?|boys?|nudes)|sex with (?:a |an )?(?:child|minor|kid|underage)|pornografia infantil|sexo con (?:menores|un menor|una menor))\b"
    ),
    "violence": (
        r"\b(?:shoot(?:ing)? up|blow(?:ing)? up|burn(?:ing)? down|bring(?:ing)? a gun to) (?:the |your |this )?(?:store|dealership|place|lot|building|shop)\b"
        r"|\bi (?:have|got) a (?:gun|bomb) and\b|\bbomb threat\b|\bvoy a (?:quemar|volar|balacear) (?:el|la|su) (?:negocio|agencia|lugar|tienda)\b"
    ),
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _CATEGORIES.items()}


def harmful(text: str) -> tuple[str, ...]:
    """The categories that a text falls under, sorted; named as the moderation of OpenAI names them."""
    folded = " ".join(fold(text).split())
    return tuple(sorted(name for name, found in _PATTERNS.items() if found.search(folded)))
