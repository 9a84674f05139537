"""The demo: two made-up networks, their logins, and the supervisor behind `make demo`.

Roof: nobody imports it.
"""
