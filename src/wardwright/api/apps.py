from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "wardwright.api"
    label = "api"
