"""`manage.py reconcile`: does what routing counts agree with what is there?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from leads.domain.slots import correct_drift, drift


class Command(BaseCommand):
    """Compares every partner's load with its live offers; must find nothing."""

    help = "Compare partners' loads with their live offers, in every network. Fails when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--correct", action="store_true", help="set the loads to what is really open")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for network in Network.objects.filter(is_active=True).order_by("slug"):
            with network_context(network):
                found = drift()
                for partner_id, (load, live) in sorted(found.items()):
                    self.stdout.write(f"{network.slug}: partner {partner_id} counts {load}, live are {live}")
                if options["correct"]:
                    correct_drift(found)
            wrong += len(found)
        if wrong and not options["correct"]:
            raise CommandError(f"{wrong} partners differ")
        self.stdout.write(self.style.SUCCESS(f"{wrong} partners differed" if wrong else "no drift"))
