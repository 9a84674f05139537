"""Forms of leads: what people type, before a verb judges it."""
