"""Whether a customer's message asks for no more messages, in English or Spanish."""

from __future__ import annotations

import re

from auterity_sdk.dealership.folding import fold
from auterity_sdk.dealership.plain_text import clean_line

REVOCATION_WORDS = frozenset(
    (
        *("stop", "stopall", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe"),
        *("alto", "parar", "pare", "paren", "para", "baja", "basta", "cancelar", "cancele"),
        *(
            "detener",
            "detenga",
            "detengan",
            "fin",
            "salir",
            "eliminar",
            "remover",
            "ya no",
            "no mas",
        ),
        *("arret", "stop2end", "unsub", "enough", "enough already", "dnc", "remove", "no more"),
    )
)
"""Words that revoke by themselves: 47 CFR 64.1200(a)(10), `stopall` of the carriers' lists, and the Spanish ones."""

_MESSAGES = r"(?:texts?|txts?|calls?|messages?|msgs?|emails?|e mails?|mails?|spam|ads?|promos?|promotions?|offers?|alerts?|notifications?)"
_CONTACTING = (
    r"(?:texting|txting|calling|mailing|emailing|e mailing|messaging|contacting|sending|bothering|spamming|harassing"
    r"|bugging|pestering|soliciting|reaching out|blowing up)"
)
_CONTACT = (
    r"(?:text|txt|call|message|msg|contact|email|e mail|mail|bother|spam|solicit|reach out|bug)"
)
_MY_NUMBER = r"(?:me|us|(?:my|this|our) (?:cell |phone |mobile )?(?:number|phone|cell|email|e mail|mail|info|information|name|contact|address|data))"
_STOP = (
    rf"\b(?:stop|stopp|quit|cease|end|enough) (?:it|this|that|these|please|now|all|{_CONTACTING}|(?:with |of )?(?:the|these|your|all|all these|any) (?:\w+ )?{_MESSAGES})\b",
    r"^stopp?(?! (?:by|in|over|at|and|sign|light|lights|lamp|for|there|off|here|leak|start|going|payment)\b)",
    r"\b(?:please|just|to|said|now) stop$",
    r"\bstop (?:please|pls|plz)\b",
    r"\b(?:go away|get lost|buzz off|fuck off|piss off)\b",
    rf"\b(?:done|through|finished|fed up) (?:with|getting|receiving) (?:\w+ ){{0,2}}{_MESSAGES}\b|\bout of (?:these|this|your|the|all)(?: of)?(?: these| your| the)? (?:{_MESSAGES}|list|thread|group|chat)\b",
    rf"\b(?:no|not) (?:{_CONTACT}|{_MESSAGES}) (?:please|pls|ever|me)\b|\byou not {_CONTACT}\b|\brefrain from\b|\b(?:prefer|rather|like) not (?:to )?(?:be|get|receive|hear)\b|\b(?:to not|not to) (?:receive|be (?:contacted|texted|called))\b|\bstop (?:receiving|getting)\b",
    r"\bknock it off\b|\bleave (?:me|us) alone\b|\b(?:lose|forget|delete|erase|drop) (?:my|this) (?:\w+ )?(?:number|info|information|contact|email)\b|\bhow (?:do|can) (?:i|we) (?:stop|unsub\w*|get off)\b",
)
_ASKED = (
    r"\b(?:need|want|ask(?:ed|ing)?|told|tell|telling|beg\w*|like|said)(?: (?:you|yall|them|him|her|guys|all))* to (?:please )?(?:stop|quit|cease|leave me|leave us|go away)\b(?! (?:by|in|over|at|and|off|there|up)\b)",
    rf"\b(?:stop|quit) (?:w|wit|with|ur|your|those|my)? ?(?:\w+ )?{_MESSAGES}\b",
    r"\b(?:be|get|been|being) removed\b|\bremoved? from (?:all|your|this|any|future)\b|\bdiscontinue\b|\bcease and desist\b",
    r"\b(?:do not|dont) (?:want|need|like) (?:these|this|them|any|it) ?(?:anymore|any more|messages?|texts?)\b",
    r"\b(?:do not|dont|no need to) (?:reply|respond)\b|\breport(?:ing)? (?:you|this|these) (?:to|as)\b|\bblock(?:ed|ing)? (?:you|this|your)\b",
)
_NEVER_ASKED = (
    r"\b(?:never|did not|didnt) (?:ever )?(?:sign(?:ed)? up|subscribed?|opt(?:ed)? in)\b",
    rf"\b(?:never|did not|didnt) (?:ask(?:ed)? for|request(?:ed)?|want(?:ed)?) (?:these|those|your|any|to (?:get|receive)) (?:\w+ )?{_MESSAGES}\b",
    rf"^no {_MESSAGES}$|\bno need to keep {_CONTACTING}\b|\b(?:please|pls) (?:remove|delete)$",
)
_UNSUBSCRIBE = (
    r"\bunsub\w*|\bunsus\w*ribe\b",
    r"\bopt(?:ed)? (?:me |us )?out\b|\bopting out\b|\boptout\b",
    rf"\b(?:remove|delete|erase|scrub) {_MY_NUMBER}\b",
    rf"\b(?:take|get) {_MY_NUMBER} (?:off|out|from)\b",
    r"\b(?:off|from) (?:of )?(?:your|the|this|that) (?:\w+ )?(?:list|database)\b",
    r"\b(?:revoke|withdraw|rescind) (?:my |all )?(?:consent|permission)\b",
    r"\b(?:do not|dont|never|did not|didnt) (?:give |gave |have )?(?:you |my )*(?:consent|permission)\b",
    rf"\bcancel (?:my |the |these |all )?(?:subscription|{_MESSAGES})\b",
    r"\bdo not (?:call|contact|text) (?:list|registry)\b",
)
_NO_MORE = (
    rf"(?<!\bi )\b(?:do not|dont)(?: you| ever| you ever)? {_CONTACT}\b(?! (?:me |us )?back\b)",
    rf"(?<!\bi )(?<!\byou )(?<!\bthey )(?<!\bguys )\bnever(?: ever)? {_CONTACT}\b(?! (?:me |us )?back\b)",
    rf"\b(?:do not|dont|no longer|never) (?:send|keep sending)(?: me| us)? (?:any|more|another|anything|these|those|any more|anymore|{_MESSAGES})\b",
    rf"\bno (?:more|further) (?:of )?(?:these |your |those )?(?:{_MESSAGES}|contact|communications?|solicitations?|texting|calling)\b",
    (
        r"\b(?:no longer|do not|dont|not) (?:want|wish|care|like|interested in|asked)(?: to)? (?:receive|get|getting|receiving|hear|hearing"
        rf"|be (?:contacted|texted|called|emailed|messaged|on)|any (?:more )?(?:{_MESSAGES}|contact)|(?:these|your|the|more|further) {_MESSAGES}"
        rf"|you to {_CONTACT}|you {_CONTACTING})\b(?! (?:a|an|the|my) (?!{_MESSAGES}))"
    ),
    r"\b(?:have|got|texting|calling|contacting|is|its) (?:the |a )?wrong (?:number|person|guy|phone)\b|^(?:sorry )?wrong (?:number|person)\b",
)
_SPANISH = (
    (
        r"\b(?:no|ya no|nunca)(?: me| nos)?(?: vuelvan? a| vuelva a| sigan?)?(?: mas)? (?:mand(?:en?|ar(?:me)?|ando(?:me)?)|envi(?:en?|ar(?:me)?|ando(?:me)?)"
        r"|escrib(?:an?|ir(?:me)?|iendo(?:me)?)|llam(?:en?|ar(?:me)?|ando(?:me)?)|contacte(?:n)?|contactar(?:me)?|text(?:een?|ear(?:me)?)|molest(?:en?|ar(?:me)?)"
        r"|marqu(?:en?)|mensaje(?:en?|ar(?:me)?)|busquen?)\b"
    ),
    r"\b(?:dejen?|paren?|deje) de (?:\w+me|\w+nos|mandar|enviar|escribir|llamar|molestar|contactar|textear|marcar|mensajear|acosar|estar)\b",
    r"\b(?:dejen?me|dejeme|dejenos) (?:en paz|tranquil[oa])\b",
    r"\b(?:paren?|basta|alto|deten(?:ga|gan)?|no mas|ya no mas)(?: ya)?(?: con| de| a)? (?:los |las |sus |estos |estas |tantos )?(?:mensajes?|llamadas?|textos?|correos?)\b",
    r"\b(?:quit|saqu|borr|elimin|remuev|retir)(?:e|en|a|an)(?:me|nos) ?(?:de|del|por favor|$)",
    r"\b(?:quit|saqu|borr|elimin|remuev|retir)(?:e|en|a|an|ar) (?:mi|este|nuestro) (?:numero|correo|nombre|telefono|contacto|celular)\b",
    r"\b(?:quit|sac|borr|elimin|remov|retir)(?:ar|er)(?:me|nos)? de (?:la|su|esta) lista\b",
    r"\bque (?:me|nos) (?:quit|saqu|borr|elimin|remuev|retir)(?:en|an|e|a)\b|\bme (?:quit|sac|borr|elimin|remuev)(?:an|en) de\b|\b(?:dejar|dejo|prefiero no|no quisiera|quisiera no|no) (?:de )?recibir\b|\bparenle\b|\bno (?:molestar|molesten)\b",
    r"\b(?:darme|deme|denme|dar|quiero(?: la)?|solicito(?: la)?) (?:de )?baja\b",
    r"\b(?:no|ya no) (?:quiero|deseo|queremos|me interesa|necesito) (?:recibir|que me|que nos|mas|sus|estos|seguir recibiendo)\b",
    r"\bno mas (?:mensajes?|llamadas?|textos?|correos?|por favor)\b",
    r"\bse equivoc\w+ de (?:numero|persona)\b|\bno (?:deseo|quiero) ser contactad[oa]\b",
    r"\b(?:numero|persona) equivocad[oa]\b|\bno (?:me )?insistan?\b|\bya basta\b|\bno (?:autorizo|autorice|doy permiso|di permiso)\b",
    r"\b(?:no|ya no) (?:quiero|deseo) (?:promociones|publicidad|mensajes|llamadas|textos|correos|nada)\b|\b(?:desuscribir|anular)\w*\b",
    r"\brevoco (?:mi )?(?:consentimiento|permiso)\b",
    r"\b(?:cancel(?:ar|en?|e)) (?:la |mi |los |las |sus )?(?:suscripcion|mensajes?|alertas)\b",
)
_PHRASES = re.compile(
    "|".join((*_STOP, *_ASKED, *_NEVER_ASKED, *_UNSUBSCRIBE, *_NO_MORE, *_SPANISH))
)
_COURTESY = re.compile(
    r"^(?:(?:hi|hello|hola|ok|okay|yes|please|pls|por favor|ya|thanks|thank you|gracias) )+|(?: (?:please|pls|plz|thanks|thank you|now|por favor|ya|gracias|sir|guys))+$"
)
_SENTENCE = re.compile(r"[.!?;]")
_ASIDE = re.compile(
    r"(?:^|[,.!?;:])\s*(?:please |just |pls )?(?:stop|unsubscribe|quit|wrong number|wrong person)(?: please| now)?\s*(?:$|[,.!?;:])"
)
_SIGN = "\N{OCTAGONAL SIGN}"


def is_revocation(message: str) -> bool:
    """Does a customer's message ask for no more messages? One of the words alone, in the message or a
    sentence of it, or a plain request.

    Any reasonable means counts in law, so this errs on the side of stopping; `stop by at five` does not stop.
    """
    plain = fold(clean_line(message)).replace("'", "")
    words = " ".join(re.findall(r"\w+", plain))
    if not words:
        return _SIGN in message
    alone = {
        _COURTESY.sub("", " ".join(re.findall(r"\w+", each))) for each in _SENTENCE.split(plain)
    }
    if {words, *alone} & REVOCATION_WORDS or _ASIDE.search(plain):
        return True
    return _PHRASES.search(words) is not None
