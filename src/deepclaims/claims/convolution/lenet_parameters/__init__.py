"""LeNet's layers: shapes and parameter counts (L1 "¿Como chequear si entendí CNN? Ej. Lenet")."""
