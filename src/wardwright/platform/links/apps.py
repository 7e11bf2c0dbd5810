from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "wardwright.platform.links"
    label = "links"
