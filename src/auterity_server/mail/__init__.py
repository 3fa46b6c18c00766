"""The server's own mail: invitations and new passwords, kept in an outbox until they are sent."""
