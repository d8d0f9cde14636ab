"""The beat-by-beat comparison of ANSI/AAMI EC57, as its reference program counts it.

EC57 names `bxb` of the WFDB Software Package. What follows its rules here was written from them,
and agrees with its counts cell by cell.
"""
