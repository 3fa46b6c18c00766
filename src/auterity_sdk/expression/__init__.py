"""Expressions: CEL parsed, typed, compiled and evaluated, and the `${…}` templates around them.

`types` says what values may be, `compile` turns text into a typed expression, `templates` finds
expressions inside texts. CEL's library is loaded when the first expression is parsed, not before.
"""
