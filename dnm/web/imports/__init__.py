"""The pages of an import: list, upload, columns, check, preview, run, report."""
