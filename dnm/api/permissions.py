"""The only permission at the door: somebody known asks. What he may do is for scope and verb to say."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class HasActor(BasePermission):
    """A live membership of the request's network stands behind the request; otherwise 401."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request._request, "actor", None) is not None
