"""Runs of environments: the same engine as on a developer's machine, with a store for each environment."""
