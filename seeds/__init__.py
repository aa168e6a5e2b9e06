"""Made-up people and their chats, at any scale, and how they compare with real ones."""
