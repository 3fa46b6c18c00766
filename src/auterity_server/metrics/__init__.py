"""What Prometheus is told: counts and times, with no id of a run and nothing of a customer."""
