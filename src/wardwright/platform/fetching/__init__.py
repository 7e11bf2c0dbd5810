"""Fetching what others publish: politely, within limits, and never from a machine inside."""
