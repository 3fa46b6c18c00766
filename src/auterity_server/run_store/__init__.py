"""Runs in PostgreSQL: the engine's store, bound to one environment."""
