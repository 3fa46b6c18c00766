"""Signing in, sessions and odd texts, as on SQLite; many at once, too."""

from tests.server.access.conftest import application  # noqa: F401
from tests.server.access.test_browsers import (  # noqa: F401
    browsers,
    test_a_browser_is_found_by_its_own_name_until_it_is_forgotten,
    test_a_browser_is_kept_for_its_time,
    test_a_cookie_is_kept_as_a_digest_and_a_sign_in_is_in_the_audit,
)
from tests.server.access.test_odd_texts import *  # noqa: F403
from tests.server.access.test_sessions import *  # noqa: F403
from tests.server.access.test_sign_in import *  # noqa: F403
