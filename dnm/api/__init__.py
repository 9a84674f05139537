"""The API's frame: authentication, scoped view set, cursor pages, problem+json, idempotency, throttles, schema.

Leans on everything below it on the ground floor."""
