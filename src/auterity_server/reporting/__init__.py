"""What the server tells services that watch programs: defects to Sentry, runs and steps to OpenTelemetry."""
