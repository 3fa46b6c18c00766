"""What a run can cost at the most: told before it, from the bounds of its loops, retries and answers."""
