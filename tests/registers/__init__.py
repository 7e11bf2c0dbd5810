"""Registers as hospitals of other countries write them: our own invention, real makers and models, invented rows."""
