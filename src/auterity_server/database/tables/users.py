"""A person who signs in. Where they belong stands in `members`, what they may do in `grants`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, String, Table, true

from auterity_server.database.tables.metadata import METADATA

users = Table(
    "users",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("password", String(200), nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("proven_at", BigInteger, nullable=True),
    Column("notified", Boolean, nullable=False, server_default=true()),
    Column("notified_at", BigInteger, nullable=True),
)
"""`email` is in lower case. `password` is bcrypt's hash; without one, only a link signs the person in.
`proven_at`: since when it is known that the address is that of whoever set the password.
`notified`: mails tell them of what waits for them; `notified_at` is when the last of these was written."""
