from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "wardwright.apps.assets"
    label = "assets"
