"""What an autoencoder has in common with principal components (L1 "Autoencoder")."""
