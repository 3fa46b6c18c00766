"""The words of the trade: pure models and functions, each noun in a file of its own."""
