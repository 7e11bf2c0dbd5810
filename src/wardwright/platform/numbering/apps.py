from django.apps import AppConfig


class NumberingConfig(AppConfig):
    name = "wardwright.platform.numbering"
    label = "numbering"
