"""Puts this folder on the path, for `small_pdf`, and that of the model server."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
