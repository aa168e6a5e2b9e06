-- The strategy in lower case: the first minor releases of 15 and 16 know no other.
CREATE DATABASE {database} TEMPLATE {template} STRATEGY {strategy};
