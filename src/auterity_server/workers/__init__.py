"""Processes that carry out the attempts of a server's runs, told of them by Celery."""
