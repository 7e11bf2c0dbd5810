"""Pages of the platform itself: the audit trail, background jobs, guardrails and the system."""
