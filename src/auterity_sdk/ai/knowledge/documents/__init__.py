"""Documents as text: one reader for each form of file."""
