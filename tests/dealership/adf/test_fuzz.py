"""Random and mutated documents raise nothing but the reader's own errors."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings


def _fuzz() -> ModuleType:
    path = Path(__file__).parents[2] / "fuzz" / "adf.py"
    spec = importlib.util.spec_from_file_location("fuzz_adf", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


fuzz = _fuzz()


@given(fuzz.documents)
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_drawn_documents(document: bytes) -> None:
    fuzz.read(document)


def test_generated_documents(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(1500, seed=1) == 0, capsys.readouterr().out
