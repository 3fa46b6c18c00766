"""For tests of workflows and of stores: a clock moved by hand, and what every store must do."""
