"""The tables, one file a noun. Times are milliseconds since 1970, UTC; ids are text that nobody can guess."""
