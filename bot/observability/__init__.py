"""Logs, metrics and outages."""
