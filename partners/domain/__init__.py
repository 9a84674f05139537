"""The meaning of partners: verbs by aggregate, queries and rules. Knows no HTTP, forms, tables or tasks."""
