"""Migrations by Alembic, run when the server starts."""
