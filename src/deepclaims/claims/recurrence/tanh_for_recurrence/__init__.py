"""tanh against ReLU in a recurrence (L1 "Redes Recurrentes: Función de Activación")."""
