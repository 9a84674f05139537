"""Pages of partners, territories and people."""
