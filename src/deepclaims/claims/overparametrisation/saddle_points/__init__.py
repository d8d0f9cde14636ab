"""How many saddles there are, and how they hold SGD up (L1 "La sobreparametrización")."""
