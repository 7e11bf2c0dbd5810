"""The pages of maintenance: My day, work, performing it, plans, and the figures."""
