"""The demo people and the generated chats."""
