"""The meaning of leads: verbs by aggregate, queries and rules. Knows no HTTP, forms, tables or tasks."""
