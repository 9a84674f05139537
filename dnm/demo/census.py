"""How many people live where: the weights by which demo partners and leads are spread over India.

Source: Census of India 2011, final population totals (Office of the Registrar General), in millions,
rounded; Andhra Pradesh and Telangana as divided in 2014, Jammu and Kashmir without Ladakh. District figures
are those of the large cities; every other district gets a share of its state's remainder by the number and
kind of its post offices.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """A state in which the demo's Indian brand sells; `code` is ISO 3166-2."""

    code: str
    name: str
    zone: str
    population: float


ZONES = {
    "IN-NORTH": "North zone",
    "IN-WEST": "West zone",
    "IN-SOUTH": "South zone",
    "IN-EAST": "East zone",
}

STATES = {
    "UTTAR PRADESH": State("IN-UP", "Uttar Pradesh", "IN-NORTH", 199.8),
    "MAHARASHTRA": State("IN-MH", "Maharashtra", "IN-WEST", 112.4),
    "BIHAR": State("IN-BR", "Bihar", "IN-EAST", 104.1),
    "WEST BENGAL": State("IN-WB", "West Bengal", "IN-EAST", 91.3),
    "MADHYA PRADESH": State("IN-MP", "Madhya Pradesh", "IN-WEST", 72.6),
    "TAMIL NADU": State("IN-TN", "Tamil Nadu", "IN-SOUTH", 72.1),
    "RAJASTHAN": State("IN-RJ", "Rajasthan", "IN-NORTH", 68.5),
    "KARNATAKA": State("IN-KA", "Karnataka", "IN-SOUTH", 61.1),
    "GUJARAT": State("IN-GJ", "Gujarat", "IN-WEST", 60.4),
    "ANDHRA PRADESH": State("IN-AP", "Andhra Pradesh", "IN-SOUTH", 49.4),
    "ODISHA": State("IN-OR", "Odisha", "IN-EAST", 42.0),
    "TELANGANA": State("IN-TG", "Telangana", "IN-SOUTH", 35.2),
    "KERALA": State("IN-KL", "Kerala", "IN-SOUTH", 33.4),
    "JHARKHAND": State("IN-JH", "Jharkhand", "IN-EAST", 33.0),
    "ASSAM": State("IN-AS", "Assam", "IN-EAST", 31.2),
    "PUNJAB": State("IN-PB", "Punjab", "IN-NORTH", 27.7),
    "CHHATTISGARH": State("IN-CT", "Chhattisgarh", "IN-WEST", 25.5),
    "HARYANA": State("IN-HR", "Haryana", "IN-NORTH", 25.4),
    "DELHI": State("IN-DL", "Delhi", "IN-NORTH", 16.8),
    "JAMMU AND KASHMIR": State("IN-JK", "Jammu and Kashmir", "IN-NORTH", 12.3),
    "UTTARAKHAND": State("IN-UT", "Uttarakhand", "IN-NORTH", 10.1),
    "HIMACHAL PRADESH": State("IN-HP", "Himachal Pradesh", "IN-NORTH", 6.9),
    "TRIPURA": State("IN-TR", "Tripura", "IN-EAST", 3.7),
    "GOA": State("IN-GA", "Goa", "IN-WEST", 1.5),
}

DISTRICTS = {
    ("MAHARASHTRA", "MUMBAI"): 3.1,
    ("MAHARASHTRA", "MUMBAI SUBURBAN"): 9.4,
    ("MAHARASHTRA", "THANE"): 8.1,
    ("MAHARASHTRA", "PUNE"): 9.4,
    ("MAHARASHTRA", "NASHIK"): 6.1,
    ("MAHARASHTRA", "NAGPUR"): 4.7,
    ("MAHARASHTRA", "AURANGABAD"): 3.7,
    ("KARNATAKA", "BENGALURU URBAN"): 9.6,
    ("KARNATAKA", "MYSURU"): 3.0,
    ("TAMIL NADU", "CHENNAI"): 4.6,
    ("TAMIL NADU", "COIMBATORE"): 3.5,
    ("TAMIL NADU", "MADURAI"): 3.0,
    ("TELANGANA", "HYDERABAD"): 3.9,
    ("TELANGANA", "MEDCHAL MALKAJGIRI"): 2.5,
    ("TELANGANA", "RANGA REDDY"): 2.4,
    ("ANDHRA PRADESH", "KRISHNA"): 1.7,
    ("ANDHRA PRADESH", "NTR"): 2.2,
    ("KERALA", "ERNAKULAM"): 3.3,
    ("KERALA", "THIRUVANANTHAPURAM"): 3.3,
    ("KERALA", "KOZHIKODE"): 3.1,
    ("WEST BENGAL", "KOLKATA"): 4.5,
    ("WEST BENGAL", "24 PARAGANAS NORTH"): 10.0,
    ("WEST BENGAL", "24 PARAGANAS SOUTH"): 8.2,
    ("WEST BENGAL", "HOWRAH"): 4.9,
    ("GUJARAT", "AHMADABAD"): 7.2,
    ("GUJARAT", "SURAT"): 6.1,
    ("GUJARAT", "VADODARA"): 4.2,
    ("GUJARAT", "RAJKOT"): 3.8,
    ("RAJASTHAN", "JAIPUR"): 6.6,
    ("RAJASTHAN", "JODHPUR"): 3.7,
    ("UTTAR PRADESH", "LUCKNOW"): 4.6,
    ("UTTAR PRADESH", "KANPUR NAGAR"): 4.6,
    ("UTTAR PRADESH", "GHAZIABAD"): 3.3,
    ("UTTAR PRADESH", "GAUTAM BUDDHA NAGAR"): 1.6,
    ("UTTAR PRADESH", "AGRA"): 4.4,
    ("UTTAR PRADESH", "VARANASI"): 3.7,
    ("UTTAR PRADESH", "PRAYAGRAJ"): 6.0,
    ("MADHYA PRADESH", "INDORE"): 3.3,
    ("MADHYA PRADESH", "BHOPAL"): 2.4,
    ("BIHAR", "PATNA"): 5.8,
    ("PUNJAB", "LUDHIANA"): 3.5,
    ("PUNJAB", "AMRITSAR"): 2.5,
    ("HARYANA", "GURUGRAM"): 1.5,
    ("HARYANA", "FARIDABAD"): 1.8,
    ("JHARKHAND", "RANCHI"): 2.9,
    ("ODISHA", "KHORDHA"): 2.3,
    ("ASSAM", "KAMRUP METRO"): 1.3,
    ("UTTARAKHAND", "DEHRADUN"): 1.7,
    ("JAMMU AND KASHMIR", "SRINAGAR"): 1.2,
}
