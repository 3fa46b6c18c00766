"""Webhooks: signed messages of other systems, kept before they are answered, and then worked on."""
