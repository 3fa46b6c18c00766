"""Pushing, running, odd values and who is told of what, as on SQLite."""

from tests.server.mail.test_forgotten import *  # noqa: F403
from tests.server.mail.test_told_once import *  # noqa: F403
from tests.server.test_environment_events import *  # noqa: F403
from tests.server.test_odd_values import *  # noqa: F403
from tests.server.test_pushing import *  # noqa: F403
from tests.server.test_running import *  # noqa: F403
