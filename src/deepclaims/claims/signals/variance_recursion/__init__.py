"""E[z_l²] = (d v/2) E[z_{l−1}²] (L1 "¿Como evitar la explosión de la ReLU?"; He et al. 2015)."""
