"""Signing in, sessions and odd texts, as on SQLite; many at once, too."""

from tests.server.access.conftest import application  # noqa: F401
from tests.server.access.test_odd_texts import *  # noqa: F403
from tests.server.access.test_sessions import *  # noqa: F403
from tests.server.access.test_sign_in import *  # noqa: F403
