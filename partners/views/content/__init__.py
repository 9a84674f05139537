"""Pages of news, bulletins and the library: reading, writing, the report of who has not acknowledged."""
