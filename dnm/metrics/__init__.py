"""Figures declared once: the registry of metrics and their rollups.

Leans on jobs and scoping. Apps declare their metrics; every page and export reads the rollups."""
