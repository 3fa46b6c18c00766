"""Puts this folder on the path, so that the tests import `console` as `dev.py docs --fix` runs it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
