"""Whether the server can do its work: what is looked at, and how it is."""
