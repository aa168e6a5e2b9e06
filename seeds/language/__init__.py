"""What is said in the generated chats: real talks, dressed with the names, towns and times of the data set."""
