"""The prediction p_1 > 0.5 (L2 "Clasificación binaria")."""
