"""Language models: what they are asked and answer, and the providers that answer it."""
