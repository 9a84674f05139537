"""Spreadsheets into staging: upload, map, check, preview, apply, and a file of the rows that failed.

Leans on jobs, workflow, events and scoping. Apps declare importers; nothing here knows what a partner is."""
