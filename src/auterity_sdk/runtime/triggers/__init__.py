"""Triggers fired on this machine: schedules and outside events start runs, each occurrence one."""
