"""Health check of a container: `python docker/health.py PORT` succeeds if /healthz answers 200 there."""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=4)
connection.request("GET", "/healthz")
sys.exit(connection.getresponse().status != 200)
