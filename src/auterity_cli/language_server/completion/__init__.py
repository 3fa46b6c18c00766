"""What may be written where the cursor is."""

from auterity_cli.language_server.completion.proposals import completion

__all__ = ["completion"]
