"""The portal's shell and its handful of views: scoped list, detail, form, transition, home, search, timeline.

Leans on everything below it on the ground floor. Apps register navigation, tasks, search and tabs."""
