"""Asking for help and answering: requests, the portal, the desk, the mailbox, and who is on call."""
