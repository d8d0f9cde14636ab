"""The MLflow store: created once, one writer, idempotent."""
