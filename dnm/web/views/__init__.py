"""The handful of views that pages are made of: scoped list, detail, verb form, transition, and the
frame's own.
"""
