"""Every file of the corpus gives exactly the leads and repairs beside it.

`AUTERITY_REWRITE_GOLDEN=1 pytest tests/dealership/adf/test_corpus.py` writes them anew: read the difference.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auterity_sdk.dealership.adf import REPAIRS, parse_adf
from auterity_sdk.dealership.lead import Lead

CORPUS = sorted(Path(__file__).parent.glob("*.adf"))
RECEIVED_AT = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    result = parse_adf(path.read_bytes(), received_at=RECEIVED_AT)
    found = {
        "leads": [lead.model_dump(mode="json", exclude_defaults=True) for lead in result.leads],
        "repairs": [[r.code, r.line, r.confidence] for r in result.repairs],
    }
    golden = path.with_suffix(".json")
    if os.environ.get("AUTERITY_REWRITE_GOLDEN") == "1":
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))
    assert [Lead.model_validate(lead.model_dump(mode="json")) for lead in result.leads] == list(
        result.leads
    )


def test_conformant_files_need_no_repair() -> None:
    conformant = ["clean-lead", "minimal", "resend", "three-vehicles", "business", "time-basic"]
    for name in conformant:
        golden = json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
        assert golden["repairs"] == [], name


def test_the_corpus_is_large_and_shows_most_repairs() -> None:
    seen = {
        code
        for path in CORPUS
        for code, *_ in json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["repairs"]
    }
    assert len(CORPUS) >= 25
    assert seen <= set(REPAIRS)
    assert set(REPAIRS) - seen <= {"ADF404"}, sorted(set(REPAIRS) - seen)
