"""Made-up names: firms from invented syllables, people from common first and last names, numbers that ring
nowhere.

Every function is a pure mapping from an integer, so that a row's name depends on nothing but its own
number. E-mail addresses end in the reserved domain ``.example``; subscriber numbers begin with 0, which no
exchange gives out.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


_HEADS = {
    "IN": _words(
        """
        Aro, Beli, Chanda, Devo, Esha, Gavi, Hira, Indi, Jeva, Kavo, Lumi, Mano, Navi, Ojas, Pravo, Rani,
        Sava, Tero, Udai, Vaso, Yami, Zari, Nilo, Suvi
        """
    ),
    "EU": _words(
        """
        Alder, Birk, Dorn, Eich, Falk, Grau, Hamm, Isen, Kron, Lind, Mark, Nord, Oster, Rabe, Sander,
        Torf, Ulm, Voss, Wald, Zink
        """
    ),
}
_TAILS = {
    "IN": _words(
        """
        bhan, chetra, dhara, gati, jyot, kripa, lokam, mitra, nidhi, prabha, rasa, shree, tara, vidha,
        vira, yuga, keta, soma
        """
    ),
    "EU": _words(
        """
        acker, bauer, feld, garten, hagen, horst, kamp, loh, mann, rode, schlag, stein, weiler, wiese
        """
    ),
}
_TRADES = {
    "IN": {
        "distributor": ("Distribution", "Trade Links", "Agencies", "Marketing"),
        "dealer": ("Electronics", "Home World", "Appliances", "Digital House"),
        "sub_dealer": ("Radio and Television", "Home Needs", "Enterprises", "Electricals"),
        "retailer": ("Stores", "Electro Mart", "Showroom", "Corner"),
        "service_centre": ("Service Point", "Care Centre", "Repairs"),
    },
    "EU": {
        "distributor": ("Import", "Großhandel", "Distribution"),
        "dealer": ("Werkzeuge", "Tools", "Outillage", "Technik"),
        "sub_dealer": ("Fachhandel", "Hardware", "Maschinen"),
        "retailer": ("Baumarkt", "Garten und Hof", "Quincaillerie"),
        "service_centre": ("Werkstatt", "Service", "Reparatur"),
    },
}
_FORMS = {
    "IN": ("Private Limited", "LLP", "and Sons", "and Company"),
    "DE": ("GmbH", "KG", "OHG"),
    "AT": ("GmbH", "KG"),
    "CH": ("AG", "GmbH"),
    "NL": ("B.V.",),
    "BE": ("BV", "SRL"),
    "LU": ("Sàrl",),
    "FR": ("SARL", "SAS"),
    "DK": ("ApS", "A/S"),
    "PL": ("Sp. z o.o.",),
    "CZ": ("s.r.o.",),
}
_FIRST = {
    "IN": _words(
        """
        Aarav, Aditi, Akash, Amina, Anil, Anjali, Arjun, Asha, Bala, Bhavna, Chitra, Deepak, Devika,
        Divya, Farhan, Gaurav, Gita, Harish, Imran, Indira, Jaya, Joseph, Kamala, Karan, Kavita, Lakshmi,
        Mahesh, Manju, Meena, Mohan, Nandini, Neha, Nikhil, Pooja, Prakash, Priya, Rahul, Rajiv, Rekha,
        Rohan, Sahil, Sangeeta, Sanjay, Shanti, Sneha, Sunil, Tara, Uma, Varun, Vijay, Yasmin, Zoya
        """
    ),
    "EU": _words(
        """
        Anna, Anton, Beatrix, Camille, Clara, Daan, David, Elena, Emil, Eva, Felix, Femke, Freja, Greta,
        Hanna, Hugo, Ida, Jakub, Jan, Jonas, Julia, Karel, Lars, Léa, Lena, Lotte, Luc, Maja, Marie, Mats,
        Nils, Nora, Olga, Paul, Petra, Piotr, Sofie, Theo, Tomáš, Vera
        """
    ),
}
_LAST = {
    "IN": _words(
        """
        Acharya, Bose, Chauhan, Das, Deshmukh, Fernandes, Ghosh, Gupta, Iyer, Jain, Joshi, Kaur, Khan,
        Kulkarni, Kumar, Mathew, Mehta, Menon, Mishra, Nair, Naidu, Pandey, Patel, Patil, Rao, Reddy,
        Saha, Shah, Sharma, Shetty, Singh, Thakur, Varma, Yadav
        """
    ),
    "EU": _words(
        """
        Andersen, Bakker, Bauer, Becker, Bernard, Brandt, Černý, de Vries, Dubois, Fischer, Fontaine,
        Hansen, Hofer, Huber, Jansen, Keller, Klein, Kowalski, Lambert, Lang, Lehmann, Maes, Meyer,
        Moreau, Novák, Peeters, Petit, Richter, Schäfer, Schmitt, Visser, Wagner, Weber, Wolff
        """
    ),
}
# Country code, then the pattern of a subscriber number; # is a digit. None of them can be given to anyone.
_PHONES = {
    "IN": "+91110#######",
    "DE": "+49300#######",
    "AT": "+4310#######",
    "CH": "+41440######",
    "NL": "+31200######",
    "BE": "+3220######",
    "LU": "+3520#####",
    "FR": "+3310#######",
    "DK": "+450#######",
    "PL": "+48220######",
    "CZ": "+4200########",
}
_STRIDE = 7907
_PLAIN = str.maketrans("áäåéèëíïöóøßüúýčňřšťůžŁł", "aaaeeeiiooosuuycnrstuzll")


def region(country: str) -> str:
    """The pool of names that a country draws from."""
    return "IN" if country == "IN" else "EU"


def trade_name(number: int, kind: str, country: str, town: str) -> str:
    """``Kavomitra Electronics Wakad``: invented firm, the trade it is in, the place it stands."""
    pool = region(country)
    stem = number * _STRIDE
    heads, tails, trades = _HEADS[pool], _TAILS[pool], _TRADES[pool][kind]
    firm = heads[stem % len(heads)] + tails[stem // len(heads) % len(tails)]
    return f"{firm} {trades[number % len(trades)]} {town}"


def legal_name(number: int, kind: str, country: str, town: str) -> str:
    """The trade name without the town, with the legal form of its country."""
    forms = _FORMS[country]
    return f"{trade_name(number, kind, country, town)[: -len(town) - 1]} {forms[number % len(forms)]}"


def person(number: int, country: str) -> str:
    """A first and a last name; neighbours in number have nothing in common."""
    pool = region(country)
    first, last = _FIRST[pool], _LAST[pool]
    mixed = number * _STRIDE + 13
    return f"{first[mixed % len(first)]} {last[mixed // len(first) % len(last)]}"


def email(name: str, number: int) -> str:
    """``priya.nair.204@mail.example``: readable, unique by number, undeliverable by definition."""
    return f"{name.lower().translate(_PLAIN).replace(' ', '.')}.{number}@mail.example"


def phone(number: int, country: str) -> str:
    """An E.164 number that looks right and belongs to nobody."""
    pattern = _PHONES[country]
    head = pattern.rstrip("#")
    width = len(pattern) - len(head)
    return f"{head}{number * _STRIDE % 10**width:0{width}d}"
