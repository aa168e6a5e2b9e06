"""What the pytest fixtures are made of; nothing here is imported before a test asks for one of them."""
