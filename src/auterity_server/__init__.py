"""The hosted backend: workflows of many stores, pushed, run and operated over HTTP."""
