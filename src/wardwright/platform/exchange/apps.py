from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "wardwright.platform.exchange"
    label = "exchange"
