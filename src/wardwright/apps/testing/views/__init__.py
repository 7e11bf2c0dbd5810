"""The pages of procedures and test instruments."""
