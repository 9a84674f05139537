"""Telling people: in the portal live, by e-mail, as they prefer, with links that pass the scope.

Apps declare kinds (`kinds.py`) and call `sending.notify` from a receiver; `live` brings it to the browser
within a second, `mails` by e-mail. Leans on jobs, events and scoping."""
