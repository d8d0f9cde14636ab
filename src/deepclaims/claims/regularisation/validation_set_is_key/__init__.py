"""What regularises, chosen on train, on validation or on test (L1 "Tipos de regularizaciones")."""
