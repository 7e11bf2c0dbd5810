"""The pages of places, organisation, companies, people and access."""
