"""What is known of values: which are the same, how long a fact about one lasts, what kind of data one is."""
