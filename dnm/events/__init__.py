"""What happened, written in the transaction in which it happened, and delivered at least once.

The event table is the record; the delivery table is the outbox and the queue of record, with leases and
fencing tokens. The broker only makes it fast. Leans on scoping and accounts."""
