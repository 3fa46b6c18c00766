"""What a step can do: step types, the registry that knows them, and the built-in ones."""
