"""The verbs of an import, step by step."""
