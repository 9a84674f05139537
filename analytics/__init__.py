"""Dashboards, scorecards, action plans and reports, over the rollups of every floor below.

Floor 5. Holds no models yet."""
