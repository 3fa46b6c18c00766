"""Hypothesis profiles: `dev` explores, `ci` repeats itself exactly, `fuzz` is for `dev.py fuzz`."""

import os

from hypothesis import settings

FUZZ_EXAMPLES = os.environ.get("AUTERITY_FUZZ_EXAMPLES")

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, database=None)
# A fuzz test is decorated with `@settings.get_profile("fuzz")`. A hang is looked for only in a long
# run, so that a busy machine cannot fail the test suite.
settings.register_profile(
    "fuzz",
    max_examples=int(FUZZ_EXAMPLES or 2_000),
    deadline=2_000 if FUZZ_EXAMPLES else None,
    derandomize=not FUZZ_EXAMPLES,
    database=None,
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
