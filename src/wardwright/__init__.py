"""Wardwright: the open system a clinical-engineering department runs on."""

__version__ = "0.1.0"
