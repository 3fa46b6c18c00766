"""The structured log on standard error: what happened, under which ids, without anybody's data."""
