"""Days, times and numbers as people write them, in English and Spanish, with their places in the text."""
