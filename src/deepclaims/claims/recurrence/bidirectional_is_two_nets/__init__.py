"""A bidirectional net made of a causal and an anticausal one (L1 "Redes Bidireccionales")."""
