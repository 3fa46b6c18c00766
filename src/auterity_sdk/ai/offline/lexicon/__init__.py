"""What customers of a dealership say, by what they want: patterns on folded text without apostrophes, with weights.

3 says it by itself, 2 nearly so, 1 is a hint that needs another.
"""
