"""States that change along a table and nowhere else: `Workflow`, `available`, `advance` (in `flows`).

Leans on events and scoping. The same table makes the database trigger, the buttons, the API verbs, the docs
and the tests.
"""
