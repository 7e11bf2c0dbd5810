"""The pages of the register and its catalogue."""
