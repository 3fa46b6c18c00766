"""The language server: pure functions from a text and a place to an answer, behind a thin shell of pygls."""
