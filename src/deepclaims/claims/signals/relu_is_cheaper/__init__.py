"""What ReLU and other activation functions cost on the hardware at hand (L1, same slide)."""
