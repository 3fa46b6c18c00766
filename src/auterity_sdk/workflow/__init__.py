"""What a workflow is: the model, its YAML and Python spellings, its graph and its pictures.

The package can be called: `from auterity_sdk import workflow` gives the decorator `@workflow` of
`workflow.builder`, although the folder has the same name (docs/decisions/0004-callable-package.md).
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    def __call__(self, *arguments: Any, **keys: Any) -> Any:
        from auterity_sdk.workflow.builder import workflow

        return workflow(*arguments, **keys)


sys.modules[__name__].__class__ = _CallablePackage
