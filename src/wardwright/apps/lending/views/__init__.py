"""Pages of the equipment library."""
