"""A dealer's stock."""

from auterity_sdk.steps.builtin.inventory.search import FoundInStock, search

__all__ = ["FoundInStock", "search"]
