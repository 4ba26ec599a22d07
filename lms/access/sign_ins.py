"""Where an account is signed in: one row a device, ended from here at the next request of every process.

The session cookie (and the cookie that remembers a device) holds the token of its row, and nothing else signs
anybody in. So loading the user is one query with the row, and an ended row is the end of the cookie.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import has_request_context, request, session
from flask_security.utils import set_request_attr
from peewee import fn

from lms import audit, clock
from lms.access.models import SignIn, User
from lms.db import atomic, db
from lms.errors import NotFound
from lms.plugins.settings import setting

#: "Last seen" is written at most this often.
NOTICED = timedelta(minutes=5)
#: A device that is not remembered is forgotten after so long, whatever its browser does.
UNREMEMBERED = timedelta(hours=24)
#: Ended rows are kept so long, to answer "was that me?".
KEPT = timedelta(days=90)


def load(token: str | None) -> User | None:
    """The account behind a session's token, in one query; None when the sign-in has ended or the account is off."""
    if not token:
        return None
    now = clock.now()
    found = (
        SignIn.select(SignIn, User)
        .join(User)
        .where(SignIn.token_hash == SignIn.hash(str(token)), SignIn.ended_at.is_null(), SignIn.ends_at > now)
        .first()
    )
    if found is None or not found.user.active:
        return None
    user: User = found.user
    user.__dict__.update(_token=str(token), _sign_in=found)
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    if now - found.last_seen_at > NOTICED:
        SignIn.update(last_seen_at=now, address=_address()).where(SignIn.id == found.id).execute()
    return user


@atomic
def begin(
    user: User, token: str, *, via: str = "password", ends_at: datetime, address: str, agent: str
) -> SignIn:
    """Write down that an account signed in on a device."""
    now = clock.now()
    SignIn.delete().where(SignIn.user == user.id, SignIn.ends_at < now - KEPT).execute()
    User.update(last_login_at=now, login_count=User.login_count + 1).where(User.id == user.id).execute()
    return SignIn.create(
        user=user.id,
        token_hash=SignIn.hash(token),
        via=via,
        address=address,
        agent=agent[:300],
        ends_at=ends_at,
    )


def begin_here(user: User) -> SignIn:
    """The same for the device that sends the present request; called by the sign-in library's signal."""
    remembered = session.get("_remember") == "set"
    ends = clock.now() + (timedelta(days=setting("lms.sign_in_days")) if remembered else UNREMEMBERED)
    limit: datetime | None = user.__dict__.get("_ends_at")
    return begin(
        user,
        user.get_id(),
        via=user.__dict__.get("_via", "password"),
        ends_at=min(ends, limit) if limit else ends,
        address=_address(),
        agent=request.headers.get("User-Agent", ""),
    )


def of(user: User) -> list[SignIn]:
    """Where the account is signed in now, the latest seen first."""
    now = clock.now()
    query = SignIn.select().where(SignIn.user == user.id, SignIn.ended_at.is_null(), SignIn.ends_at > now)
    return list(query.order_by(SignIn.last_seen_at.desc(), SignIn.id.desc()))


def open_devices(user_ids: Sequence[int]) -> list[tuple[int, int]]:
    """On how many devices each of the accounts is signed in now, those on none left out; one query."""
    open_ = SignIn.user.in_(user_ids) & SignIn.ended_at.is_null() & (SignIn.ends_at > clock.now())
    return list(SignIn.select(SignIn.user, fn.COUNT(SignIn.id)).where(open_).group_by(SignIn.user).tuples())


def current(user: Any) -> SignIn | None:
    """The row of the device that asks."""
    found: SignIn | None = user.__dict__.get("_sign_in")
    return found


@atomic
def end(user: User, sign_in_id: int, *, by: User | None) -> None:
    """Sign one device of the account out. Raises NotFound for a device that is not its own."""
    mine = (SignIn.id == sign_in_id) & (SignIn.user == user.id) & SignIn.ended_at.is_null()
    if not SignIn.update(ended_at=clock.now()).where(mine).execute():
        raise NotFound()
    audit.record(by, "access.device_signed_out", user)


@atomic
def end_all(user: User, *, by: User | None, but: SignIn | None = None) -> int:
    """Sign the account out everywhere, except on the device `but`; returns how many devices that were."""
    open_ = (SignIn.user == user.id) & SignIn.ended_at.is_null() & (SignIn.ends_at > clock.now())
    if but is not None:
        open_ &= SignIn.id != but.id
    count = SignIn.update(ended_at=clock.now()).where(open_).execute()
    if count:
        audit.record(by, "access.devices_signed_out", user, count=count)
    return int(count)


def end_here(token: str) -> None:
    """The device of the present request signs out by itself."""
    with db.atomic():
        SignIn.update(ended_at=clock.now()).where(
            SignIn.token_hash == SignIn.hash(token), SignIn.ended_at.is_null()
        ).execute()


def _address() -> str:
    return (request.remote_addr or "")[:45] if has_request_context() else ""
