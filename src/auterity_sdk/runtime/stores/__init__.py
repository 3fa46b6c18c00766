"""Where runs are kept: one store a file."""
