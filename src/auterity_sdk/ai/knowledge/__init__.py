"""Answers out of a dealer's own documents: passages with their sources, found by words and by vectors."""
