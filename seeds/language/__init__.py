"""The language of the generated chats: phrases, and conversations made of them."""
