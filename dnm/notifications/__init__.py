"""Telling people: in the portal live, by e-mail, as they prefer, with links that pass the scope.

Leans on jobs, events and scoping."""
