from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "wardwright.platform.search"
    label = "search"
