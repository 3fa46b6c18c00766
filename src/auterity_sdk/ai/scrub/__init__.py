"""Personal and credit data taken out of free text before it leaves, and put back when an answer returns."""
