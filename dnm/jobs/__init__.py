"""Long work with progress, cancel, result and errors file, and the decorators that background entry points
carry.

Leans on events and scoping."""
