"""Outside systems: a port per kind, and the adapters that speak to them."""
