"""Answers the last message of a conversation from the facts, or by asking for a tool."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from auterity_sdk.ai.offline.classify import ENOUGH, intent_of_name
from auterity_sdk.ai.offline.extraction.field import name_words
from auterity_sdk.ai.offline.extraction.fill import fill
from auterity_sdk.ai.offline.extraction.message import read_message
from auterity_sdk.ai.offline.intents import INTENTS, evidence
from auterity_sdk.ai.offline.vehicles import mentions_vehicle
from auterity_sdk.ai.offline.words import stem, stems
from auterity_sdk.ai.offline.writing.facts import sentence, spoken
from auterity_sdk.ai.offline.writing.phrases import Phrases, phrases
from auterity_sdk.ai.request import Converse, Message, Request, Tool, ToolCall
from auterity_sdk.dealership.folding import fold
from auterity_sdk.workflow.values import misfits

_MOST_FACTS = 3
_NAMED_BY = 2
"""So many words of a tool's name and description name it plainly, one of the name among them."""
_PLAINLY = 5.0
"""So much evidence for the intent of a tool's name names it too."""
_A_LOOK = "availability"
"""For a look into the stock it is enough that a vehicle is named."""
_FACTS_OF = {
    "price": "price pricing quote msrp cost total fees discount rebate",
    "price_objection": "price discount rebate offer",
    "availability": "available availability stock in_stock inventory vehicle vehicles color arrival",
    "finance": "payment monthly rate apr term finance financing down credit lender",
    "trade": "trade appraisal estimate low high",
    "service": "service repair recall appointment slots loaner warranty",
    "appointment": "hours slots appointment address day time open",
    "other": "hours address phone opening location link url",
}
_CLOSING_OF = {
    "appointment": "appointment",
    "availability": "appointment",
    "trade": "appointment",
    "finance": "finance",
}
_THANKS = re.compile(
    r"^\W*(?:(?:ok\w*|great|perfect\w*)\W+)*(?:thanks?|thank you|thx|gracias|muchas gracias)\b[^?]*$",
    re.IGNORECASE,
)


_A_PERSON = re.compile(
    r"\b(?:talk|speak|chat) (?:to|with) (?:a |an |the |some|your )?(?:\w+ )?"
    r"(?:person|human|one|body|someone|somebody|manager|agent|representative|salesperson|advisor)\b"
    r"|\b(?:a|real|actual) (?:person|human)\b|\bcall me\b|\bare you (?:a |an )?(?:ro)?bot\b"
    r"|\bhablar con (?:una persona|alguien|un humano|un agente|el gerente|la gerente)\b|\bllameme\b|\bllamenme\b"
)


class Reply(Struct, frozen=True):
    """What is said, or the tools that are asked for, or that a `person` should take over; none where no rule reaches."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    person: bool = False


def converse(task: Converse, request: Request) -> Reply:
    """The reply to what the person said last: the facts that it asks for, or what tools have found.

    A tool is asked for only where the message plainly names what it does and holds all that it requires.
    """
    known = phrases(task.language)
    if known is None:
        return Reply()
    calls = tuple(_calls(task.text, task.now, request.tools, request.messages))
    if calls:
        return Reply(calls=calls)
    if task.found:
        said = (_result(text, known) for _, text in task.found)
        return Reply(" ".join(dict.fromkeys(filter(None, said))))
    if _is_for_a_person(task.text):
        return Reply(person=True)
    return Reply(_from_facts(task.text, task.facts, known))


def _is_for_a_person(text: str) -> bool:
    """Whether somebody asks for a person, complains, or wants no more messages."""
    if _A_PERSON.search(fold(text)):
        return True
    found = evidence(text)
    best = max(INTENTS, key=lambda intent: found[intent])
    return best in ("opt_out", "complaint") and found[best] >= ENOUGH


def _from_facts(text: str, facts: Mapping[str, str], known: Phrases) -> str:
    found = evidence(text)
    best = max(INTENTS, key=lambda intent: found[intent])
    intent = best if found[best] >= ENOUGH else None
    if intent == "spam":
        return ""
    if _THANKS.match(text):
        return known.acts["welcome"][len(text) % 2]
    said = set(stems(text))
    scores = {name: _relevance(name, value, said, intent) for name, value in facts.items()}
    chosen = sorted((name for name in facts if scores[name]), key=lambda name: -scores[name])
    if not chosen:
        return ""
    sentences = [sentence(name, facts[name], known) for name in chosen[:_MOST_FACTS]]
    closing = known.closings[_CLOSING_OF.get(intent or "", "help")]
    return " ".join((*sentences, closing[len(text) % len(closing)]))


def _relevance(name: str, value: str, said: set[str], intent: str | None) -> float:
    words = name_words(name)
    named = sum(stem(word) in said for word in words)
    meant = bool(set(words) & set(_FACTS_OF.get(intent or "", "").split()))
    shared = len(said & set(stems(value)))
    return 2.0 * named + 2.0 * meant + (0.5 * shared if shared > 1 or named or meant else 0.0)


def _calls(
    text: str, now: str, tools: Sequence[Tool], messages: Sequence[Message]
) -> Sequence[ToolCall]:
    asked = [(call.name, call.arguments) for each in messages for call in each.calls]
    for tool in tools:
        if not _names(text, tool):
            continue
        found = fill(read_message(text, now), tool.parameters)
        arguments = {key: value for key, value in (found or {}).items() if value is not None}
        if any(misfits(arguments, tool.parameters)):
            continue
        written = json.dumps(arguments, ensure_ascii=False)
        if (tool.name, written) not in asked:
            return [ToolCall(f"call-{len(asked) + 1}", tool.name, written)]
    return []


def _names(text: str, tool: Tool) -> bool:
    said = set(stems(text))
    of_name = {stem(word) for word in name_words(tool.name)}
    described = {stem(word) for word in name_words(tool.description)} | of_name
    if said & of_name and len(said & described) >= _NAMED_BY:
        return True
    intents = filter(None, map(intent_of_name, name_words(tool.name)))
    meant = next(intents, None)
    found = evidence(text)
    enough = ENOUGH if meant == _A_LOOK and mentions_vehicle(text) else _PLAINLY
    return meant is not None and found[meant] >= enough and found[meant] == max(found.values())


def _result(text: str, known: Phrases) -> str:
    """What a tool has found, as sentences; nothing where it could not do its work."""
    found: Any = json.loads(text)
    if isinstance(found, str):
        return found.strip()
    if not isinstance(found, dict):
        said = spoken(text, known)
        return known.found.format(said) if said else known.nothing
    if "error" in found:
        return ""
    told = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in found.items()
    }
    return " ".join(filter(None, (sentence(name, value, known) for name, value in told.items())))
