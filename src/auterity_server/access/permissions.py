"""What may be done, and which role may do it: the one table that the guard and the docs go by."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """A verb on a noun."""

    ORGANISATION_READ = "organisation:read"
    """See the organisation, its stores and its environments."""
    ORGANISATION_MANAGE = "organisation:manage"
    """Make and change stores and environments, and say which are protected."""
    USERS_READ = "users:read"
    """See who is a member, with which roles, and which API keys there are."""
    USERS_MANAGE = "users:manage"
    """Invite and remove people, and give and take roles."""
    KEYS_MANAGE = "keys:manage"
    """Make and revoke API keys."""
    AUDIT_READ = "audit:read"
    """Read who did what, when."""
    WORKFLOWS_READ = "workflows:read"
    """See workflows, their versions and which one is live."""
    WORKFLOWS_PUSH = "workflows:push"
    """Push, promote and roll back workflows."""
    WORKFLOWS_CONFIRM = "workflows:confirm"
    """Be the second person of a push into a protected environment."""
    RUNS_READ = "runs:read"
    """See runs, their steps and events, with personal data masked."""
    RUNS_START = "runs:start"
    """Start a run."""
    RUNS_CANCEL = "runs:cancel"
    """Cancel a run."""
    RUNS_CHANGE = "runs:change"
    """Settle, resume and fork runs, and move them to the live version."""
    APPROVALS_READ = "approvals:read"
    """See which approvals are waited for."""
    APPROVALS_ANSWER = "approvals:answer"
    """Approve and reject, for the business roles that one holds."""
    MESSAGES_SEND = "messages:send"
    """Send an outside event to runs that wait for it."""
    SCHEDULES_MANAGE = "schedules:manage"
    """Let schedules rest, and start them again."""
    WEBHOOKS_READ = "webhooks:read"
    """See webhooks, and what came by them."""
    WEBHOOKS_MANAGE = "webhooks:manage"
    """Make and delete webhooks, and give them other secrets."""
    SECRETS_READ = "secrets:read"
    """See which secrets there are, without their values."""
    SECRETS_WRITE = "secrets:write"
    """Set and delete secrets."""
    CONNECTIONS_READ = "connections:read"
    """See what workflows speak with."""
    CONNECTIONS_MANAGE = "connections:manage"
    """Set and delete what workflows speak with."""
    USAGE_READ = "usage:read"
    """See what was used, and what it cost."""


class Role(StrEnum):
    """What a grant makes of its holder, in the grant's scope and all that is in it."""

    OWNER = "owner"
    """Runs the organisation; may do everything, and answers every approval."""
    DEVELOPER = "developer"
    """Writes workflows and brings them to life."""
    OPERATOR = "operator"
    """Keeps runs going."""
    APPROVER = "approver"
    """Answers approvals, as the business roles that the grant names."""
    AUDITOR = "auditor"
    """Sees everything, and changes nothing."""
    VIEWER = "viewer"
    """Sees workflows and runs."""


_P = Permission
_SEES = frozenset(
    {_P.ORGANISATION_READ, _P.WORKFLOWS_READ, _P.RUNS_READ, _P.APPROVALS_READ, _P.USAGE_READ}
)
_LOOKS = frozenset({_P.WEBHOOKS_READ, _P.SECRETS_READ, _P.CONNECTIONS_READ})
_OPERATES = _SEES | {
    _P.RUNS_START,
    _P.RUNS_CANCEL,
    _P.RUNS_CHANGE,
    _P.MESSAGES_SEND,
    _P.SCHEDULES_MANAGE,
    *_LOOKS,
}

MAY: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OWNER: frozenset(Permission),
        Role.DEVELOPER: _OPERATES
        | {
            _P.WORKFLOWS_PUSH,
            _P.WORKFLOWS_CONFIRM,
            _P.WEBHOOKS_MANAGE,
            _P.SECRETS_WRITE,
            _P.CONNECTIONS_MANAGE,
        },
        Role.OPERATOR: _OPERATES,
        Role.APPROVER: _SEES | {_P.APPROVALS_ANSWER},
        Role.AUDITOR: _SEES | _LOOKS | {_P.USERS_READ, _P.AUDIT_READ},
        Role.VIEWER: _SEES,
    }
)
"""What each role may do."""

PEOPLE_ONLY = frozenset(
    {_P.USERS_MANAGE, _P.KEYS_MANAGE, _P.WORKFLOWS_CONFIRM, _P.APPROVALS_ANSWER}
)
"""What no API key may do, whatever its role: these are decisions of a person who signed in."""
