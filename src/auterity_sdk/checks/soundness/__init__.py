"""Whether every run of a graph ends as it should: decided exactly, with a counter-example where not."""
