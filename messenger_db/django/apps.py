"""How Django knows the application."""

from django.apps import AppConfig


class MessengerConfig(AppConfig):
    """The messenger's tables, which yoyo migrates: Django makes no migrations for them."""

    name = "messenger_db.django"
    label = "messenger"
    verbose_name = "Messenger"
