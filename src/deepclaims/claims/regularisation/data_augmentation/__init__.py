"""New samples made of those at hand (L1 "Data augmentation")."""
