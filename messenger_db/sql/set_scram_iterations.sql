SET scram_iterations = 1;
