"""Guarantees: each sentence is proved over the graph, or refuted by a run on which it does not hold."""
