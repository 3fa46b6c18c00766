"""The command line of Auterity."""
