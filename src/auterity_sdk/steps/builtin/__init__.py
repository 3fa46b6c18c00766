"""The built-in step types, one a file."""
