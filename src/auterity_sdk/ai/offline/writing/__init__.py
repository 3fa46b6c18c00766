"""Texts for customers, put together from the facts that are given and from nothing else."""
