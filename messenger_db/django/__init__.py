"""The tables as a Django application: "messenger_db.django" in INSTALLED_APPS."""
