"""The cross-entropy and the bits of a code (L2 "categorical_crossentropy")."""
