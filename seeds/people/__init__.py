"""People, their chats and messages: who they are, and when each thing happens."""
