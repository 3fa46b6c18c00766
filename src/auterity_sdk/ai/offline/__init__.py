"""The provider that is no model: rules on this machine, the same answer to the same question, and no network."""

from auterity_sdk.ai.offline.model import MODEL, OfflineModel

__all__ = ["MODEL", "OfflineModel"]
