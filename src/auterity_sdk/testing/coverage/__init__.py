"""Path coverage: which outcomes, edges and failure paths of a workflow its tests exercise, and how to reach the rest."""
