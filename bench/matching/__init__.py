"""The labelled set of notices and planted inventories; its rules stand in docs/explanation/matching.md."""
