"""What can be imported into the organisation from a spreadsheet."""

from partners.importers.authorisations import AuthorisationImporter
from partners.importers.partners import PartnerImporter
from partners.importers.territories import PostalAreaImporter, TerritoryImporter

__all__ = ["AuthorisationImporter", "PartnerImporter", "PostalAreaImporter", "TerritoryImporter"]
