"""What a person is told before a machine writes to them, by the law of where they are."""

from __future__ import annotations

from collections.abc import Mapping

# Cal. Bus. & Prof. Code 17941 (a bot must be disclosed clearly where it is to sell); Me. Rev. Stat. 10 ch. 208-A
# (trade chatbots); Utah Code 13-75-103 (on being asked, and at once in a regulated trade); N.J. Stat. 56:18-1 (a bot
# that is to sell). Read of secondary sources; one wording that meets the strictest is used everywhere.
_WORDINGS: Mapping[str, str] = {
    "en": "This message was written by an AI assistant of {dealer}. Ask for a person at any time.",
    "es": "Este mensaje lo escribió un asistente de IA de {dealer}. Puede pedir hablar con una persona en cualquier momento.",
    "fr": "Ce message a été écrit par un assistant IA de {dealer}. Vous pouvez demander à parler à une personne.",
}

REQUIRED_IN = frozenset({"CA", "ME", "NJ", "UT"})
"""States whose law asks for it; elsewhere it is good practice."""


def ai_disclosure(dealer: str, language: str = "en") -> str:
    """The sentence for a language (BCP 47; English where there is no wording of it)."""
    wording = _WORDINGS.get(language.partition("-")[0].casefold(), _WORDINGS["en"])
    return wording.format(dealer=dealer or "the dealership")
