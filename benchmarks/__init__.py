"""What the project measures of itself: `python -m benchmarks [NAME…]`, or `make bench`."""
