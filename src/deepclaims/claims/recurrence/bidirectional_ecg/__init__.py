"""Bidirectional nets where the future is at hand (every beat of an ECG) and where it is not.

L1 "Redes Bidireccionales". Beats are labelled on patients never trained on; forecasting the next
RR interval is the control.
"""
