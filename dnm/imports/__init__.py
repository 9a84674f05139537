"""Spreadsheets into staging: upload, map, check, preview, apply, and a file of the rows that failed.

Leans on jobs, workflow, events and scoping. Apps declare importers (`declaring`); nothing here knows what a
partner is. Verbs: `upload_file`, `read_again`, `map_columns`, `start_check`, `start_import`, `cancel_import`,
`repeat_import`. Whatever happens on the way, each row of a file ends in one visible state: applied, or
standing in the file of bad rows with the reason.
"""
