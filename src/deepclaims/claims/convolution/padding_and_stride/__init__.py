"""Full padding, and stride by the size of the kernel (L1 "Padding Full", "Stride")."""
