"""Every write of maintenance."""
