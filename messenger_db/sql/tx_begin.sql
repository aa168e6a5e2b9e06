SAVEPOINT messenger_tx;
