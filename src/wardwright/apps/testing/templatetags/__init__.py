"""Numbers of calibrations in templates."""
