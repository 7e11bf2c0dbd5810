"""Reads of maintenance with a business meaning."""
