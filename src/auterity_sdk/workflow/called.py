"""What a `call` names: a workflow as it is now, or one version of it."""

from __future__ import annotations

import re

from msgspec import Struct

_VERSION = re.compile(r"[0-9a-f]{8,64}", re.ASCII)


class Called(Struct, frozen=True):
    """`name`, or `name@version`: the version by the digits that its SHA-256 begins with, 8 or more."""

    name: str
    version: str = ""
    pinned: bool = False

    @classmethod
    def read(cls, text: str) -> Called:
        """What a text names, well written or not."""
        name, at, version = text.partition("@")
        return cls(name, version, bool(at))

    @property
    def is_readable(self) -> bool:
        """Whether the version, if there is one, can be one."""
        return not self.pinned or bool(_VERSION.fullmatch(self.version))

    def is_version(self, version: str) -> bool:
        """Whether a version is the one that is meant."""
        return self.is_readable and version.startswith(self.version)
