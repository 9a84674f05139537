"""Which rows may this actor see or act on: trees, level columns, `visible_to`, `page`, `authorise`.

Leans on accounts. Knows no domain: apps register their capabilities and hang their rows on the trees.
"""

from dnm.scoping.authority import authorise, may
from dnm.scoping.pages import capped_count, page

__all__ = ["authorise", "capped_count", "may", "page"]
