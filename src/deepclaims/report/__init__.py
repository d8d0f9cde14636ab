"""Figures and the site."""
