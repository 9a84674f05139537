"""The live channel: from a commit to the browser within a second.

`publishing` sends ids through Valkey after the commit; `application` serves them as server-sent events at
`/events/`. Valkey carries hints only: what a stream missed is read from the database."""
