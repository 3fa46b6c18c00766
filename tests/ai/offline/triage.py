"""The labels of a lead's intent."""

LABELS = {
    "availability": "asks whether a vehicle is there",
    "price": "asks what it costs",
    "price_objection": "finds the price too high, or asks for less",
    "trade": "has a vehicle to trade in or to sell",
    "finance": "asks about loans, leases, payments or credit",
    "service": "repair, maintenance, parts or a recall",
    "appointment": "wants to come in, or names a time",
    "opt_out": "wants no more messages",
    "complaint": "is unhappy with the dealership",
    "spam": "is not a customer",
    "other": "none of these",
}
