"""Early stopping beside the same training to its end (L1 "Early stopping")."""
