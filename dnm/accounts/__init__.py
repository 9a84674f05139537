"""Who is asking, and in which network: users, networks, their host names, memberships and API tokens.

Tenancy stands here, on the lowest floor: the network context, the row-level security that every
tenant table inherits, and the one middleware that opens a request's transaction. Leans on nothing."""
