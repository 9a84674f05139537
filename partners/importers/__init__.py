"""What can be imported into the organisation from a spreadsheet."""

from dnm.imports.declaring import register_importer
from partners.importers.authorisations import AuthorisationImporter
from partners.importers.partners import PartnerImporter
from partners.importers.territories import PostalAreaImporter, TerritoryImporter

__all__ = ["AuthorisationImporter", "PartnerImporter", "PostalAreaImporter", "TerritoryImporter"]


def register() -> None:
    """Called when the app starts."""
    for importer in (PartnerImporter(), AuthorisationImporter(), TerritoryImporter(), PostalAreaImporter()):
        register_importer(importer)
