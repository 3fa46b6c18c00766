"""Facts, duties, labels and frequencies, and the rules of law and trade that are written in them."""
