"""Hypothesis profiles: `dev` explores, `ci` repeats itself exactly. And the services that tests may ask for."""

import gc
import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.services.fixtures import (  # noqa: F401 - they are for all tests
    postgres,
    postgres_url,
    redis_url,
    shared_redis,
    vector_postgres,
)

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays until the end, hundreds of thousands of objects: no search for garbage goes through them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
