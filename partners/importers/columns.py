"""The columns and options of the partner importer."""

from django.utils.translation import gettext_lazy as _

from dnm.imports import parsing
from dnm.imports.declaring import Column, Option
from partners.models import PartnerKind
from partners.states import PARTNER_FLOW, PartnerState

KINDS = tuple((kind.value, kind.label) for kind in PartnerKind if kind != PartnerKind.BRAND_OWNER)
STATES = tuple((state.value, state.label) for state in PartnerState if state.value in PARTNER_FLOW.initial)

COLUMNS = (
    Column(
        name="code",
        label=_("Code"),
        parse=parsing.code(40),
        help=_("The partner's code in your ERP. Rows with a known code change that partner."),
        example="KA-1042",
        aliases=("partner code", "dealer code", "customer code", "account code", "erp code", "id"),
    ),
    Column(
        name="trade_name",
        label=_("Trade name"),
        parse=parsing.text(150),
        required=True,
        help=_("The name on the sign."),
        example="Sharma Electronics",
        aliases=("name", "partner name", "dealer name", "shop name", "outlet", "office name", "company"),
    ),
    Column(
        name="legal_name",
        label=_("Legal name"),
        parse=parsing.text(200),
        example="Sharma Electronics Pvt Ltd",
        aliases=("registered name", "company name", "firm name"),
    ),
    Column(
        name="kind",
        label=_("Kind"),
        parse=parsing.one_of(KINDS),
        words=KINDS,
        required=True,
        help=_("Distributor, dealer, sub-dealer, retailer, service centre or branch."),
        example="Dealer",
        aliases=("type", "partner type", "office type", "channel", "category"),
    ),
    Column(
        name="parent_code",
        label=_("Parent code"),
        parse=parsing.code(40),
        help=_("Code of the partner directly upstream, in this file or in the network."),
        example="KA-1000",
        aliases=("parent", "distributor code", "upstream", "reports to"),
    ),
    Column(
        name="territory",
        label=_("Territory"),
        parse=parsing.text(120),
        help=_("Code or name. Without one, the postal code decides."),
        example="Mysuru",
        aliases=("territory code", "district", "sales area"),
    ),
    Column(
        name="postal_code",
        label=_("Postal code"),
        parse=parsing.code(12),
        example="570001",
        aliases=("pin code", "pincode", "pin", "zip", "zip code", "postcode", "plz"),
    ),
    Column(
        name="address",
        label=_("Address"),
        parse=parsing.text(250),
        example="12 Sayyaji Rao Road",
        aliases=("street", "street address"),
    ),
    Column(
        name="phone",
        label=_("Phone"),
        parse=parsing.phone,
        example="+91 821 242 0000",
        aliases=("telephone", "mobile", "phone number", "contact number"),
    ),
    Column(
        name="email",
        label=_("E-mail"),
        parse=parsing.email,
        example="shop@example.com",
        aliases=("mail", "email", "e-mail address"),
    ),
    Column(
        name="latitude",
        label=_("Latitude"),
        parse=parsing.fraction,
        help=_("Degrees, north positive. Exchanged or impossible pairs are found and shown."),
        example="12.3052",
        aliases=("lat",),
    ),
    Column(
        name="longitude",
        label=_("Longitude"),
        parse=parsing.fraction,
        help=_("Degrees, east positive."),
        example="76.6552",
        aliases=("lon", "lng", "long"),
    ),
    Column(
        name="product_lines",
        label=_("Product lines"),
        parse=parsing.list_of(parsing.text(120)),
        help=_("Codes or names, separated by commas."),
        example="pumps, inverters",
        aliases=("product line", "lines", "brands"),
    ),
    Column(
        name="status",
        label=_("Status"),
        parse=parsing.one_of(STATES),
        words=STATES,
        help=_("Only for new partners: prospect, onboarding or live."),
        example="Live",
        aliases=("partner status", "life cycle"),
    ),
    Column(
        name="capacity",
        label=_("Open leads at a time"),
        parse=parsing.whole(0, 1_000_000),
        example="20",
        aliases=("capacity", "lead capacity"),
    ),
    Column(
        name="owner_name",
        label=_("Owner's name"),
        parse=parsing.text(150),
        example="Asha Sharma",
        aliases=("owner", "proprietor", "contact person"),
    ),
    Column(
        name="owner_email",
        label=_("Owner's e-mail"),
        parse=parsing.email,
        help=_("This person can be invited to own the partner in the portal."),
        example="asha@example.com",
        aliases=("owner mail", "proprietor email", "contact email"),
    ),
)

OPTIONS = (
    Option(
        name="codes",
        label=_("Rows without a code"),
        words=(
            ("refuse", _("are refused")),
            ("made", _("get one made of postal code and name")),
        ),
    ),
    Option(
        name="parents",
        label=_("Rows without a parent code"),
        words=(
            ("refuse", _("are refused")),
            ("root", _("stand directly below the brand owner")),
            ("postal", _("stand below the head at the same postal code: the highest kind there")),
        ),
        help=_("Heads themselves, and partners whose kind heads others, then stand below the brand owner."),
    ),
    Option(
        name="places",
        label=_("Rows without usable coordinates"),
        words=(
            ("postal", _("get those of their postal code, with a warning")),
            ("missing", _("stay without: such a partner is never the nearest")),
        ),
    ),
    Option(name="status", label=_("New partners without a status are"), words=STATES),
    Option(
        name="owners",
        label=_("Owners with an e-mail"),
        words=(
            ("invite", _("are invited when the import is done")),
            ("later", _("are not invited")),
        ),
        help=_("Each gets one mail with a personal link. Who is invited or a member already gets none."),
    ),
)
