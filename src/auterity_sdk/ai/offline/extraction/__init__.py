"""Reads the values that a JSON Schema asks for out of a text, by the names of its fields; nothing is made up."""
