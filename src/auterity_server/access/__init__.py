"""Who may do what: sign-in, tokens, API keys, roles, and the guard that stands before every route."""
