"""Benchmarks. Every figure is a ratio to a floor measured in the same run; see RESULTS.md."""
