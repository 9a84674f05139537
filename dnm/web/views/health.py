"""Signs of life for probes."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dnm.web.health import checks


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else: restarting it would not mend them."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The portal can do its work: 200 when every check holds, else 503; the body says which does not."""
    found = checks()
    ready = all(check.ok for check in found)
    body = {
        "status": "ready" if ready else "not ready",
        "checks": {check.name: {"ok": check.ok, "detail": check.detail} for check in found},
    }
    return JsonResponse(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})
