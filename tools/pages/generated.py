"""Which pages have generated parts, and how a part is put into its page.

A part stands between `<!-- generated: NAME -->` and `<!-- end of NAME -->`; the text around it is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.pages import (
    commands,
    functions,
    metrics,
    patterns,
    permissions,
    repairs,
    rules,
    server,
    settings,
    step_types,
    types,
)

PAGES = Path(__file__).parents[2] / "docs"

Parts = Mapping[str, Callable[[], str]]

GENERATED: Mapping[str, Parts] = {
    "reference/adf.md": {"repair codes": repairs.codes},
    "reference/cli.md": {"commands": commands.reference, "exit codes": commands.exit_codes},
    "reference/expressions.md": {"functions": functions.reference},
    "reference/metrics.md": {"metrics": metrics.listed},
    "reference/patterns.md": {"counted": patterns.counted, "patterns": patterns.listed},
    "reference/permissions.md": {
        "roles": permissions.roles,
        "permissions": permissions.granted,
        "routes": permissions.routes,
    },
    "reference/rules.md": {"rules": rules.listed},
    "reference/schema.md": {"only rules": rules.unseen},
    "reference/server.md": {"settings": server.settings, "problems": server.problems},
    "reference/settings.md": {
        "project": settings.project,
        "dealership": settings.dealership,
        "calendars": settings.calendars,
        "queues": settings.queues,
        "store": settings.store,
        "log": settings.log,
        "telemetry": settings.telemetry,
        "hosted": settings.hosted,
        "knowledge": settings.knowledge,
        "adapters": settings.adapters,
    },
    "reference/step-types.md": {"step types": step_types.reference},
    "reference/types.md": {"plain types": types.plain, "named types": types.named},
}
"""Pages below `docs/`, and the function that writes each of their parts."""


def renewed(page: str, parts: Parts) -> str:
    """The page with its parts written anew. ValueError if a part has no place in it."""
    for name, write in parts.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end of {name} -->"
        pattern = re.compile(re.escape(begin) + r"\n.*?" + re.escape(end), re.DOTALL)
        text = f"{begin}\n\n{write().strip()}\n\n{end}"
        page, found = pattern.subn(lambda _, text=text: text, page)  # type: ignore[misc]
        if found != 1:
            raise ValueError(f"the part `{name}` stands {found} times in its page")
    return page
