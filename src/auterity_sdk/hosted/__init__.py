"""The hosted backend as seen from outside: the models of its HTTP interface, and a client."""
