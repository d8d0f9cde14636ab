"""LeNet as the slide builds it, trained on MNIST, beside dense nets of its size (L1)."""
