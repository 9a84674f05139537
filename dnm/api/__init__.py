"""The API's frame: authentication, scoped view set, cursor pages, problems, idempotency, throttles, schema.

Leans on everything below it on the ground floor."""
