"""The rules, one a file; each file is named as its rule."""
