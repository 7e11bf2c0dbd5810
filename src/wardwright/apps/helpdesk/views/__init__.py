"""The pages of the help desk: the portal for everybody, the desk, the symptoms, and who is on call."""
