"""How many local minima a neuron has, by dimension (L1 "La sobreparametrización")."""
