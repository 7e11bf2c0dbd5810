"""Is the house well? Checks in words for IT, figures for a monitoring system. No secret and no name of anybody."""
