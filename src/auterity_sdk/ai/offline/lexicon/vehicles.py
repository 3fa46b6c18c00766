"""Makes and models of the market of the USA, and how vehicles are spoken of; folded."""

from __future__ import annotations

_BY_MAKE = {
    "Acura": "ilx integra mdx rdx rlx tlx tsx zdx",
    "Alfa Romeo": "giulia stelvio tonale",
    "Audi": "a3 a4 a5 a6 a7 a8 q3 q5 q7 q8 s4 s5 e-tron",
    "BMW": "x1 x2 x3 x4 x5 x6 x7 m3 m4 m5 i4 i7 328i 330i 340i 530i 540i",
    "Buick": "enclave encore envision envista lacrosse regal verano",
    "Cadillac": "ats ct4 ct5 ct6 cts escalade lyriq srx xt4 xt5 xt6",
    "Chevrolet": "avalanche blazer bolt camaro colorado corvette cruze equinox express impala malibu silverado sonic"
    " spark suburban tahoe trailblazer traverse trax volt",
    "Chrysler": "300c pacifica voyager town&country",
    "Dodge": "avenger caravan challenger charger dart durango hornet journey",
    "Fiat": "500x",
    "Ford": "bronco ecosport edge escape expedition explorer f150 f-150 f250 f-250 f350 f-350 fiesta flex focus fusion"
    " maverick mustang mach-e ranger taurus transit",
    "Genesis": "g70 g80 g90 gv60 gv70 gv80",
    "GMC": "acadia canyon hummer savana sierra terrain yukon",
    "Honda": "accord civic clarity cr-v crv fit hr-v hrv insight odyssey passport pilot prologue ridgeline",
    "Hyundai": "accent elantra ioniq kona palisade santafe sonata tucson veloster venue",
    "Infiniti": "q50 q60 q70 qx30 qx50 qx55 qx60 qx80 g37",
    "Jaguar": "e-pace f-pace f-type i-pace xe xf",
    "Jeep": "cherokee compass gladiator liberty patriot renegade wagoneer wrangler",
    "Kia": "carnival ev6 ev9 forte k5 niro optima rio sedona seltos sorento soul sportage stinger telluride",
    "Land Rover": "defender discovery evoque velar",
    "Lexus": "es350 gx460 gx550 is250 is350 nx300 rx350 rx450h ux250h",
    "Lincoln": "aviator corsair mkc mkx mkz nautilus navigator",
    "Lucid": "",
    "Mazda": "cx-3 cx-30 cx-5 cx5 cx-50 cx-9 cx-90 mazda3 mazda6 miata mx-5",
    "Mercedes-Benz": "c300 e350 gla glb glc gle gls s550 sprinter",
    "Mini": "clubman countryman",
    "Mitsubishi": "eclipse mirage outlander",
    "Nissan": "altima ariya armada frontier juke kicks leaf maxima murano pathfinder quest rogue sentra titan versa",
    "Polestar": "",
    "Porsche": "911 boxster cayenne cayman macan panamera taycan",
    "Ram": "1500 2500 3500 promaster",
    "Rivian": "r1s r1t",
    "Subaru": "ascent brz crosstrek forester impreza legacy outback solterra wrx",
    "Tesla": "cybertruck",
    "Toyota": "4runner 86 avalon bz4x c-hr camry corolla crown gr86 highlander landcruiser matrix mirai prius rav4"
    " sequoia sienna supra tacoma tundra venza yaris",
    "Volkswagen": "atlas beetle golf gti id.4 jetta passat taos tiguan touareg",
    "Volvo": "s60 s90 v60 v90 xc40 xc60 xc90 ex30 ex90",
}
_TWO_WORDS = {
    "grand cherokee": ("Jeep", "Grand Cherokee"),
    "grand caravan": ("Dodge", "Grand Caravan"),
    "santa fe": ("Hyundai", "Santa Fe"),
    "santa cruz": ("Hyundai", "Santa Cruz"),
    "land cruiser": ("Toyota", "Land Cruiser"),
    "range rover": ("Land Rover", "Range Rover"),
    "town and country": ("Chrysler", "Town & Country"),
    "bronco sport": ("Ford", "Bronco Sport"),
    "model 3": ("Tesla", "Model 3"),
    "model y": ("Tesla", "Model Y"),
    "model s": ("Tesla", "Model S"),
    "model x": ("Tesla", "Model X"),
    "mustang mach-e": ("Ford", "Mustang Mach-E"),
    "corolla cross": ("Toyota", "Corolla Cross"),
    "grand highlander": ("Toyota", "Grand Highlander"),
    "eclipse cross": ("Mitsubishi", "Eclipse Cross"),
    "grand wagoneer": ("Jeep", "Grand Wagoneer"),
}
_SPELLED = {
    "chevy": "Chevrolet",
    "vw": "Volkswagen",
    "mercedes": "Mercedes-Benz",
    "benz": "Mercedes-Benz",
}
_AS_WRITTEN = {
    "f150": "F-150",
    "f250": "F-250",
    "f350": "F-350",
    "crv": "CR-V",
    "hrv": "HR-V",
    "cx5": "CX-5",
}

MAKES = {make.lower(): make for make in _BY_MAKE} | _SPELLED
"""The make by its folded name."""
MODELS = {
    model: (
        make,
        _AS_WRITTEN.get(
            model, model.upper() if any(map(str.isdigit, model)) or "-" in model else model.title()
        ),
    )
    for make, models in _BY_MAKE.items()
    for model in models.split()
} | _TWO_WORDS
"""Make and model by the model's folded name."""
COMMON_WORDS = frozenset(
    (
        *(
            "accent",
            "legacy",
            "escape",
            "edge",
            "fit",
            "spark",
            "flex",
            "focus",
            "quest",
            "journey",
            "titan",
            "canyon",
        ),
        *(
            "express",
            "compass",
            "patriot",
            "liberty",
            "soul",
            "rio",
            "crown",
            "matrix",
            "eclipse",
            "venue",
            "passport",
        ),
        *(
            "clarity",
            "insight",
            "golf",
            "beetle",
            "leaf",
            "kicks",
            "discovery",
            "terrain",
            "dart",
            "avenger",
            "pilot",
        ),
        *(
            "86",
            "911",
            "1500",
            "2500",
            "3500",
            "500x",
            "fusion",
            "forte",
            "sonic",
            "ranger",
            "voyager",
            "frontier",
        ),
        *(
            "mini",
            "ram",
            "genesis",
            "lucid",
            "transit",
            "ascent",
            "atlas",
            "bolt",
            "volt",
            "encore",
        ),
    )
)
"""Names that are words of their own, so that they need a make, a year or an article before them."""
COLORS = {
    "white": "blanco blanca",
    "black": "negro negra",
    "gray": "grey gris",
    "silver": "plata plateado plateada",
    "red": "rojo roja",
    "blue": "azul",
    "green": "verde",
    "brown": "cafe marron",
    "beige": "tan",
    "orange": "naranja anaranjado",
    "yellow": "amarillo amarilla",
    "gold": "dorado dorada",
    "purple": "morado morada",
    "maroon": "burgundy guinda",
}
"""The English color, and its other names."""
VEHICLE_WORDS = (
    r"cars?|trucks?|suvs?|vans?|minivans?|sedans?|coupes?|convertibles?|hatchbacks?|wagons?|pickups?|crossovers?|vehicles?"
    r"|hybrids?|evs?|4x4|awd|seaters?|third row|camionetas?|trocas?|carros?|autos?|coches?|vehiculos?"
)
