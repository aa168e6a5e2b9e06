-- Fails where the transaction of tx_begin is over.
ROLLBACK TO SAVEPOINT messenger_tx;
