"""Pages of the notifications: the list, the bell, what to be told of. `dnm.notifications` has the meaning."""
