"""Speaking with test instruments over a wire: which may be spoken with, one at a time, in a process of its own.

Imports nothing here: ``speak`` runs without Django.
"""
