"""Reads ADF: strict XML first, then a ladder of recoveries, each of which leaves a repair that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from auterity_sdk.dealership.adf.decoding import decoded
from auterity_sdk.dealership.adf.element import Element
from auterity_sdk.dealership.adf.envelope import Block, blocks, bodies
from auterity_sdk.dealership.adf.mend import mended
from auterity_sdk.dealership.adf.prospect import read_prospect
from auterity_sdk.dealership.adf.reading import Reading
from auterity_sdk.dealership.adf.refusal import AdfRefused, AdfUnreadable
from auterity_sdk.dealership.adf.repair import Repair, RepairLog
from auterity_sdk.dealership.adf.salvage import salvaged
from auterity_sdk.dealership.adf.scan import scan
from auterity_sdk.dealership.adf.strict import parse_strictly, refused_doctype
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.errors import UsageError

LARGEST = 5_000_000
"""Bytes, or characters of a text, that are read at most."""
_MOST_TAGS = 200_000
_MOST_LEADS = 5_000

_START = re.compile(r"[\s\ufeff]*")
_WEB_PAGE = re.compile(r"<!doctype\s{1,10}html\b", re.IGNORECASE)
_DOCTYPE = re.compile(
    r"<!\s{0,10}(?:doctype(?!\s{1,10}html\b[^<>\[]{0,300}>)|entity)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class AdfResult:
    """The leads of a document, and all that had to be mended or guessed to read them."""

    leads: tuple[Lead, ...]
    repairs: tuple[Repair, ...]


def parse_adf(data: bytes | str, *, received_at: datetime, region: str = "US") -> AdfResult:
    """The leads in an ADF document, or in an e-mail, web page or text that holds one or more.

    `received_at` needs a time zone, which is also that of times written without one; `region` is the country of phone
    numbers without `+`, and says miles or kilometres, US or Canadian dollars. Only AdfRefused (entities, over 5 MB,
    too deep) and AdfUnreadable (nobody to answer) are raised, whatever the input.
    """
    if received_at.tzinfo is None:
        raise UsageError("received_at needs a time zone")
    if len(data) > LARGEST:
        raise AdfRefused(f"the document is larger than {LARGEST // 1_000_000} MB")
    log = RepairLog()
    text = decoded(data, log) if isinstance(data, bytes) else data
    if text.count("<") > _MOST_TAGS:
        raise AdfRefused(f"the document has more than {_MOST_TAGS} tags")
    reading = Reading(log, received_at, region)
    leads: list[Lead] = []
    for body in bodies(text, log):
        leads.extend(_leads(body, reading))
    if not leads:
        leads.append(_salvaged(text, reading))
    repairs = sorted(log.found, key=lambda repair: (repair.line or 0, repair.code))
    return AdfResult(_distinct(leads), tuple(repairs))


def _leads(text: str, reading: Reading) -> list[Lead]:
    start = _START.match(text)
    skipped = text[: start.end()] if start else ""
    body = text[len(skipped) :]
    if skipped and body.startswith("<"):
        reading.log.note("ADF001", 1)
    is_xml = body.startswith("<") and not _WEB_PAGE.match(body)
    root = parse_strictly(body, RepairLog()) if is_xml else None
    if root is not None and root.name in ("adf", "prospect"):
        root = parse_strictly(body, reading.log, skipped.count("\n") + 1)
        roots = [] if root is None else [root]
    else:
        roots = [_recovered(block, reading.log) for block in _found(text, body, reading.log)]
    prospects = [found for root in roots for found in _prospects(root, reading.log)]
    return [read_prospect(prospect, reading) for prospect in prospects[:_MOST_LEADS]]


def _found(text: str, body: str, log: RepairLog) -> list[Block]:
    """The blocks within a text that is not well-formed as a whole."""
    if _DOCTYPE.search(text):
        raise refused_doctype()
    found = blocks(text, log)
    if found and not body.startswith(("<?", "<adf", "<ADF", "<Adf", "<prospect", "<Prospect")):
        log.note("ADF012", found[0].line)
    elif found and text[: text.find(found[0].text)].strip().count("<?"):
        _note_prologue(text, found[0], log)
    return found


def _note_prologue(text: str, block: Block, log: RepairLog) -> None:
    prologue = text[: text.find(block.text)].strip()
    if not prologue.startswith("<?xml ") or re.search(r"<\?(?:XML|ADF)|VERSION", prologue):
        log.note("ADF002", 1)


def _recovered(block: Block, log: RepairLog) -> Element:
    trial = RepairLog()
    root = parse_strictly(block.text, trial, block.line)
    if root is None:
        text = mended(block.text, trial, block.line)
        root = parse_strictly(text, trial, block.line)
    log.found.update(trial.found)
    if root is None:
        log.note("ADF007", block.line, confidence="medium")
        root = scan(block.text, block.line)
    return root


def _prospects(root: Element, log: RepairLog) -> list[Element]:
    found = [element for element in root.walk() if element.name == "prospect"]
    if not found:
        return [] if root.is_empty else [root]
    if root.name == "prospect" or not any(e.name == "adf" for e in root.walk()):
        log.note_once("ADF009", found[0].line)
    return found


def _salvaged(text: str, reading: Reading) -> Lead:
    lead = salvaged(text, reading)
    if lead is None:
        raise AdfUnreadable(
            "the document holds no ADF, and no phone number or e-mail address either",
            help="check that the file is an ADF XML document or an e-mail with one",
        )
    return lead


def _distinct(leads: list[Lead]) -> tuple[Lead, ...]:
    """Without a lead that a mail carries twice, as text and as an attachment."""
    seen: dict[str, Lead] = {}
    for lead in leads:
        seen.setdefault(lead.model_dump_json(), lead)
    return tuple(seen.values())
