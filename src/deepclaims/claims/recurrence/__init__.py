"""Chapter G: recurrent nets on ECG."""
