"""The six equations of the LSTM, and its gates (L1 "Características de los LSTM", "Modelo")."""
