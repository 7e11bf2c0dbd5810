from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "wardwright.apps.notices"
    label = "notices"
