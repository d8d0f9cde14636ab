"""The penalty λ/2 ‖W‖², its gradient, and what it does to a net (L1 "Penalización")."""
