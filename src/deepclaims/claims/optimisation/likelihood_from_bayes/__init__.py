"""From Bayes' theorem to the likelihood (L2 "Teorema de Bayes", "Aprendizaje supervisado")."""
