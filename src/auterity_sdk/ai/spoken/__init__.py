"""What a customer most likely means: one day, time or number each, and none where that is not sure.

`statements` reads the same words for another end: all that a text may state, so that a draft states nothing else. Both
share the words of the calendar and the numbers; a reading that guesses cannot guard, and one that guards cannot answer.
"""
