"""`manage.py seed_demo`: the demo's networks, from the default size up to 100,000 partners and millions of
leads.
"""

import os
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dnm import embedded
from dnm.accounts.models import Network
from dnm.demo.brands import BRANDS
from dnm.demo.comments import write_comments
from dnm.demo.content import write_content
from dnm.demo.invitations import write_invitations
from dnm.demo.life_cycle import write_life_cycle
from dnm.demo.logins import write_demo_json
from dnm.demo.onboarding import write_onboarding
from dnm.demo.organisation import write_organisation
from dnm.demo.plan import DEFAULT_LEADS, DEFAULT_MONTHS, DEFAULT_PARTNERS, DEFAULT_SEED, plan_network, shares
from dnm.demo.tiers import write_tiers
from dnm.demo.write import analyse, clear, seeded, write_operator, write_plan
from dnm.metrics.rolling import roll_up

# Beyond so many leads the figures are left to the workers, which have the time for them.
ROLLED_UP_AT_ONCE = 100_000


class Command(BaseCommand):
    """Plans the networks and writes them as the owner role. What is there already stays, unless --reset."""

    help = "Seed the demo networks (deterministic by --seed and --now)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--partners", type=int, default=DEFAULT_PARTNERS, help="partners over all networks"
        )
        parser.add_argument("--leads", type=int, default=DEFAULT_LEADS, help="leads over all networks")
        parser.add_argument("--months", type=int, default=DEFAULT_MONTHS, help="months of history")
        parser.add_argument("--seed", default=DEFAULT_SEED, help="another seed, another network")
        parser.add_argument("--networks", nargs="+", choices=sorted(BRANDS), default=list(BRANDS))
        parser.add_argument(
            "--now", default="", help="ISO moment at which the demo stands; the present by default"
        )
        parser.add_argument("--reset", action="store_true", help="delete these networks first")
        parser.add_argument(
            "--json", type=Path, help="where to write the logins; <DNM_DATA>/demo.json by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has passwords that everybody knows: it is not for production.")
        if "owner" not in settings.DATABASES:
            raise CommandError("Seeding writes as the owner role: set DATABASE_OWNER_URL.")
        slugs = [slug for slug in BRANDS if slug in options["networks"]]
        if options["reset"]:
            clear(slugs)
        self._seed([slug for slug in slugs if slug not in seeded(slugs)], options)
        path = options["json"] or embedded.data() / "demo.json"
        demo = write_demo_json(path, int(os.environ.get("PORT", "") or 8000))
        self.stdout.write(f"{len(demo['logins'])} logins in {path}")

    def _seed(self, slugs: list[str], options: dict[str, Any]) -> None:
        if not slugs:
            self.stdout.write("The networks are there already.")
            return
        now = _moment(options["now"])
        sizes = shares(options["partners"], options["leads"], [BRANDS[slug] for slug in slugs])
        plans = []
        for slug in slugs:
            partners, leads = sizes[slug]
            try:
                plan = plan_network(
                    BRANDS[slug],
                    now=now,
                    partners=partners,
                    leads=leads,
                    months=options["months"],
                    seed=options["seed"],
                )
            except ValueError as error:
                raise CommandError(str(error)) from error
            except ModuleNotFoundError as error:
                raise CommandError(f"{error.name} is missing: install the extra `demo`.") from error
            write_plan(plan, self.stdout.write)
            self.stdout.write(f"{plan.brand.name}: {write_onboarding(plan)} applications")
            self.stdout.write(f"{plan.brand.name}: {write_invitations(plan)} invitations")
            write_life_cycle(plan)
            self.stdout.write(f"{plan.brand.name}: {write_organisation(plan)} authorisations")
            self.stdout.write(f"{plan.brand.name}: {write_comments(plan)} comments")
            plans.append(plan)
        write_operator()
        analyse()
        if options["leads"] > ROLLED_UP_AT_ONCE:
            self.stdout.write("The workers will roll up the figures.")
            return
        for network in Network.objects.filter(slug__in=slugs):
            roll_up(network.pk, timezone.now())
        for plan in plans:
            self.stdout.write(f"{plan.brand.name}: {write_tiers(plan)} partners on the ladder")
            self.stdout.write(f"{plan.brand.name}: {write_content(plan)} publications")


def _moment(text: str) -> int:
    """Seconds since 1970 of an ISO moment (UTC unless it says otherwise), or of the present."""
    if not text:
        return int(timezone.now().timestamp())
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--now is not an ISO moment: {text}") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
