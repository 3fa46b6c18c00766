"""What `import auterity_sdk` costs and offers."""

import subprocess
import sys

import pytest

import auterity_sdk

HEAVY = (
    "httpx2",
    "openai",
    "genai_prices",
    "networkx",
    "rich",
    "yaml",
    "typer",
    "phonenumbers",
    "sqlite3",
)


def modules_loaded_by(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    return modules_loaded_by("import auterity_sdk")


@pytest.mark.parametrize("library", HEAVY)
def test_importing_the_sdk_loads_no_heavy_library(loaded: set[str], library: str) -> None:
    assert "auterity_sdk" in loaded
    assert library not in loaded


def test_public_names_are_sorted_and_importable() -> None:
    names = auterity_sdk.__all__
    assert list(names) == sorted(set(names))
    assert [name for name in names if not hasattr(auterity_sdk, name)] == []
