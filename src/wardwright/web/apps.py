from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "wardwright.web"
    label = "web"
