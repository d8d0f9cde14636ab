"""Bias and variance of polynomials of growing degree (L1 "Compromiso Sesgo/Varianza")."""
