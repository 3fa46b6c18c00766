"""What rules share: analyses of a workflow's graph and expressions, each worked out once."""
