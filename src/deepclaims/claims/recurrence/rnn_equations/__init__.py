"""The two equations of a plain recurrent net (L1 "Redes Recurrentes", "Modelo")."""
