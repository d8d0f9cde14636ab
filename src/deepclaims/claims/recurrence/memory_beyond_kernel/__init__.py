"""How far back convolutional and recurrent nets reach (L1 "Redes Recurrentes: Motivación")."""
