"""Generative tests are judged by their answers, never by the clock of the machine they run on."""

from hypothesis import settings

settings.register_profile("wardwright", deadline=None, print_blob=True)
settings.load_profile("wardwright")
