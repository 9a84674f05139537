"""Product lines: the families for which partners are authorised."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.models import NetworkModel
from dnm.scoping.querysets import ReferenceQuerySet


class ProductLine(NetworkModel):
    """A family of products. `code` is what files and the API name it by."""

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)

    objects: Any = ReferenceQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("product line")
        verbose_name_plural = _("product lines")
        ordering = ["name"]
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(fields=["network", "code"], name="partners_productline_code"),
        ]

    def __str__(self) -> str:
        return self.name
