"""The import graph of the packages, built once."""

import grimp
import pytest

PACKAGES = ("auterity_sdk", "auterity_cli")


@pytest.fixture(scope="session")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)
