"""What can be imported into the organisation: partners from a spreadsheet."""

from partners.importers.partners import PartnerImporter

__all__ = ["PartnerImporter"]
