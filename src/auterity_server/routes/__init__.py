"""The API, one file a noun. Each route but those of a short public list says which permission it needs."""
