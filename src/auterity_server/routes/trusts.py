"""Trusts in CI services, and the exchange of their tokens."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, status
from sqlalchemy import Row

from auterity_sdk.hosted.schemas.grant import Scope
from auterity_sdk.hosted.schemas.shape import Page
from auterity_sdk.hosted.schemas.trust import ExchangedToken, NewTrust, TokenExchange, Trust
from auterity_server.access.access import Accessed
from auterity_server.access.answers import asked_grant, moment
from auterity_server.access.guard import allowed, public
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.access.trusts import WantedTrust
from auterity_server.paging import AskedPage

router = APIRouter(prefix="/organisations/{organisation_id}/trusts", tags=["api-keys"])
exchange = APIRouter(tags=["sign-in"], dependencies=[Depends(public())])

Manages = Annotated[Principal, Depends(allowed(Permission.KEYS_MANAGE, within=True))]


@router.get("")
async def trusts(
    access: Accessed,
    principal: Annotated[Principal, Depends(allowed(Permission.USERS_READ))],
    asked: AskedPage,
) -> Page[Trust]:
    """Whose tokens are exchanged for keys of the organisation."""
    rows, behind = await access.trusts.page(principal, asked)
    return Page(items=tuple(map(_answer, rows)), next=behind)


@router.post("", status_code=status.HTTP_201_CREATED)
async def make(asked: NewTrust, access: Accessed, principal: Manages) -> Trust:
    """Trust an issuer's tokens with certain claims, for a role in a place whose keys one manages."""
    grant = asked_grant(asked.role, asked.scope, ())
    wanted = WantedTrust(
        asked.name, asked.issuer, asked.audience, asked.conditions, grant, asked.lifetime
    )
    return _answer(await access.trusts.make(principal, wanted))


@router.delete("/{trust_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(trust_id: str, access: Accessed, principal: Manages) -> None:
    """Trust no more. The keys that were given for it are refused from now on."""
    await access.trusts.remove(principal, trust_id)


@exchange.post("/tokens/exchange")
async def exchanged(asked: TokenExchange, access: Accessed) -> ExchangedToken:
    """A key of a short life for a token of an issuer that an organisation trusts (RFC 8693)."""
    made = await access.token_exchange.exchange(asked.trust, asked.subject_token.get_secret_value())
    return ExchangedToken(access_token=made.secret, expires_in=made.seconds)


def _answer(row: Row[Any]) -> Trust:
    return Trust(
        id=row.id,
        name=row.name,
        issuer=row.issuer,
        audience=row.audience,
        conditions=row.conditions,
        role=row.role,
        scope=Scope(kind=row.scope_kind, id=row.scope_id),
        lifetime=row.lifetime,
        created_at=moment(row.created_at),
    )
