"""The routes. Whoever is logged in calls hot paths by name, as themselves: each looks up whether they may."""

import json
import secrets
from asyncio import timeout
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import bcrypt
import psycopg
from fastapi import BackgroundTasks, Body, Cookie, Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.requests import HTTPConnection
from fastapi.responses import FileResponse, JSONResponse
from fastapi.websockets import WebSocket, WebSocketDisconnect
from psycopg_pool import AsyncConnectionPool
from starlette.middleware.trustedhost import TrustedHostMiddleware

from messenger_db.hot_paths import hot_path, queries
from messenger_db.hot_paths.statements import SessionByTokenRow
from messenger_db.retry import retry_async
from messenger_db.violated_rule import violated_rule

# What a client may call. The session says who they are; what they leave out is NULL.
CONTACT_CALLS = {"request_contact", "accept_contact", "remove_contact", "block_contact", "unblock_contact"}
CHAT_CALLS = {"mark_read", "edit_message", "delete_message", "add_reaction", "remove_reaction", "update_group"}
OWN_CALLS = {"chat_list", "contacts", "contact_requests", "search", "pin_chat", "mute_chat", "update_profile"}
READ_CALLS = {"profile", "profiles", "members", "history_with_names", "attachments", "reactions", "receipt_counts"}
CALLS = CONTACT_CALLS | CHAT_CALLS | OWN_CALLS | READ_CALLS | {"send_message", "create_direct_chat", "create_group"}

REFUSALS = {"refused": 404, "not_a_member": 404, "blocked": 403, "id_taken": 409, "username_taken": 409, "full": 422}
MOST_BYTES = 10 * 1024 * 1024
KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}  # by their first bytes
NOBODY = bcrypt.hashpw(b"", bcrypt.gensalt()).decode()  # checked where there is no user, which takes as long
POLICY = "default-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; frame-ancestors 'none'"

T = TypeVar("T")
hot = queries("apsycopg")
devices: dict[WebSocket, SessionByTokenRow] = {}  # of this process; a second one would need a channel between them


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = {"autocommit": True, "prepare_threshold": 0}
    async with AsyncConnectionPool(app.state.url, min_size=1, max_size=8, kwargs=settings) as app.state.pool:
        yield


async def same_origin(connection: HTTPConnection) -> None:
    """Refuse what the page of another site asks for, with the cookie of this one."""
    host = connection.headers.get("host", "")
    if urlsplit(connection.headers.get("origin", f"http://{host}")).netloc != host:
        raise HTTPException(403, "not from this site")


async def refuse(_: Request, error: Exception) -> JSONResponse:
    if not (rule := violated_rule(error)) and not isinstance(error, psycopg.DataError | psycopg.ProgrammingError):
        raise error
    return JSONResponse({"detail": f"refused by {rule or 'the type of a field'}"}, 422)


handlers: dict[Any, Any] = {psycopg.DatabaseError: refuse}
app = FastAPI(lifespan=lifespan, dependencies=[Depends(same_origin)], exception_handlers=handlers, openapi_url=None)
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])


async def run(call: Callable[[psycopg.AsyncConnection], Awaitable[T]]) -> T:
    """Run a hot path as a transaction by itself, and again where it was in a deadlock."""

    async def once() -> T:
        async with app.state.pool.connection() as connection:
            return await call(connection)

    return await retry_async(once)


async def listed(rows: AsyncIterator[T]) -> list[T]:
    return [row async for row in rows]


async def caller(token: Annotated[str, Cookie()] = "") -> SessionByTokenRow:
    if session := await run(lambda c: hot.session_by_token(c, token_hash=sha256(token.encode()).digest())):
        return session
    raise HTTPException(401, "log in first")


Me = Annotated[SessionByTokenRow, Depends(caller)]
Text = Annotated[str, Body()]
Name = Annotated[str | None, Body()]
Password = Annotated[str, Body(min_length=8, max_length=72)]


@app.get("/")
async def page() -> Response:
    return FileResponse(Path(__file__).with_name("page.html"), headers={"Content-Security-Policy": POLICY})


async def log_in(request: Request, response: Response, user_id: UUID | None) -> None:
    token, expires_at = secrets.token_urlsafe(32), datetime.now(UTC) + timedelta(days=30)
    begin: dict[str, Any] = {"token_hash": sha256(token.encode()).digest(), "expires_at": expires_at}
    begin |= {"device_id": None, "device_type": "web", "device_name": None, "user_id": user_id}
    address = request.client.host if request.client else None
    await run(lambda c: hot.begin_session(c, ip_address=address, user_agent=request.headers.get("user-agent"), **begin))
    response.set_cookie("token", token, expires=expires_at, httponly=True, samesite="strict")


@app.post("/api/register")
async def register(request: Request, response: Response, username: Text, password: Password, name: Name = None) -> None:
    known = (await run_in_threadpool(bcrypt.hashpw, password.encode()[:72], bcrypt.gensalt())).decode()
    made = await run(lambda c: hot.register_user(c, username=username, password_hash=known, display_name=name))
    await log_in(request, response, allowed(made).user_id)


@app.post("/api/login")
async def check_password(request: Request, response: Response, username: Text, password: Text) -> None:
    user = await run(lambda c: hot.user_by_username(c, username=username))
    known = (user.password_hash if user else NOBODY).encode()
    if not await run_in_threadpool(bcrypt.checkpw, password.encode()[:72], known) or not user:
        raise HTTPException(401, "no such user, or not their password")
    await log_in(request, response, user.user_id)


@app.post("/api/logout")
async def log_out(response: Response, me: Me) -> None:
    await run(lambda c: hot.heartbeat(c, session_id=me.session_id, status="offline"))
    await run(lambda c: hot.revoke_session(c, session_id=me.session_id, user_id=me.user_id))
    for device in [device for device, session in devices.items() if session.session_id == me.session_id]:
        await device.close()
    response.delete_cookie("token")


@app.get("/api/me")
async def whoami(me: Me) -> Any:
    return me._asdict()


@app.post("/api/{name}")
async def call(me: Me, name: str, given: Annotated[dict[str, Any], Body()], after: BackgroundTasks) -> Any:
    if name not in CALLS:
        raise HTTPException(404, f"{name} is not offered")
    path, statement, own = hot_path(name), getattr(hot, name), {"user_id": me.user_id, "sender_id": me.user_id}
    values = {parameter: own.get(parameter, given.get(parameter)) for parameter in path.parameters}
    if path.is_one_row:
        rows = [allowed(await run(lambda c: statement(c, **values)))]
    else:
        rows = await run(lambda c: listed(statement(c, **values)))
    after.add_task(tell_of, me, name, values, rows)
    answers = [row._asdict() for row in rows]
    return answers[0] if path.is_one_row else answers


def allowed(row: T | None) -> T:
    """Return what was done. Raises HTTPException where it was not."""
    outcome = "refused" if row is None else getattr(row, "outcome", "done")
    if row is None or outcome in REFUSALS:
        raise HTTPException(REFUSALS[outcome], str(outcome).replace("_", " "))
    return row


async def tell(user_ids: Iterable[UUID | None], event: str, **facts: Any) -> None:
    """Tell some users' devices. One that takes nothing is left out from then on: it catches up when it is back."""
    text, users = json.dumps({"event": event, **facts}, default=str), set(user_ids)
    for device in [device for device, session in devices.items() if session.user_id in users]:
        try:
            async with timeout(5):
                await device.send_text(text)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            devices.pop(device, None)


async def tell_of(me: SessionByTokenRow, name: str, values: dict[str, Any], rows: list[Any]) -> None:
    """Tell the devices of those whom a call concerns."""
    if name in CONTACT_CALLS:
        await tell([UUID(values["contact_id"])], "people")
    elif name in CHAT_CALLS and rows:
        chat = {"user_id": me.user_id, "chat_id": values["chat_id"]}
        members = await run(lambda c: listed(hot.members(c, **chat)))
        await tell([member.user_id for member in members], "chat", chat_id=chat["chat_id"])
        for key in rows[0].keys if name == "delete_message" else []:
            (app.state.pictures / key).unlink(missing_ok=True)
    elif name == "create_group":
        await tell(rows[0].members, "chat", chat_id=values["chat_id"])
    elif name in ("send_message", "send_images"):
        await tell([me.user_id], "chat", chat_id=values["chat_id"])
        for user_id in {session.user_id for session in devices.values()} & set(rows[0].recipients):
            await deliver(user_id)


async def deliver(user_id: UUID) -> None:
    """Tell a user's devices what they have not got yet, and the senders' that they have."""
    while rows := await run(lambda c: listed(hot.deliver_pending(c, user_id=user_id, max_messages=100))):
        for row in rows:
            await tell([user_id], "message", **row._asdict())
            await tell([row.sender_id], "chat", chat_id=row.chat_id)


@app.post("/api/chats/{chat_id}/pictures")
async def send_picture(request: Request, me: Me, chat_id: UUID, name: str, after: BackgroundTasks) -> None:
    content = b""
    async for chunk in request.stream():
        if len(content := content + chunk) > MOST_BYTES:
            raise HTTPException(413, "a picture has 10 MiB at most")
    kind = next((kind for beginning, kind in KINDS.items() if content.startswith(beginning)), None)
    if not kind:
        raise HTTPException(415, "neither PNG nor JPEG, GIF or WebP")
    key, checksum = f"{chat_id}/{uuid4()}.{kind}", sha256(content).hexdigest()
    file = {"file_name": name, "file_type": f"image/{kind}", "file_size": len(content), "storage_key": key}
    (app.state.pictures / str(chat_id)).mkdir(parents=True, exist_ok=True)
    (app.state.pictures / key).write_bytes(content)
    message: dict[str, Any] = {"message_id": None, "content": "", "metadata": "{}", "reply_to_id": None}
    message["files"] = json.dumps([{**file, "checksum_sha256": checksum}])
    try:
        sent = allowed(await run(lambda c: hot.send_images(c, chat_id=chat_id, sender_id=me.user_id, **message)))
    except Exception:
        (app.state.pictures / key).unlink()
        raise
    after.add_task(tell_of, me, "send_images", {"chat_id": chat_id}, [sent])


@app.get("/api/chats/{chat_id}/messages/{message_id}/pictures/{position}")
async def picture(me: Me, chat_id: UUID, message_id: UUID, position: int) -> Response:
    whose: dict[str, Any] = {"user_id": me.user_id, "chat_id": chat_id, "message_ids": [message_id]}
    files = await run(lambda c: listed(hot.attachments(c, **whose)))
    file = allowed(next((file for file in files if file.position == position), None))
    if not (app.state.pictures / file.storage_key).is_file():  # the demo people's pictures are rows alone
        raise HTTPException(404, "the picture is gone")
    kept = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
    return FileResponse(app.state.pictures / file.storage_key, media_type=file.file_type, headers=kept)


@app.websocket("/api/events")
async def events(device: WebSocket, me: Me) -> None:
    await device.accept()
    devices[device] = me
    try:
        await present(me, "online")
        await deliver(me.user_id)
        async for _ in device.iter_text():
            await run(lambda c: hot.heartbeat(c, session_id=me.session_id, status="online"))
    finally:
        devices.pop(device, None)
        if me.user_id not in {session.user_id for session in devices.values()}:
            await present(me, "offline")


async def present(me: SessionByTokenRow, status: str) -> None:
    await run(lambda c: hot.heartbeat(c, session_id=me.session_id, status=status))
    contacts = await run(lambda c: listed(hot.contacts(c, user_id=me.user_id, status="accepted")))
    await tell([contact.contact_id for contact in contacts], "people")
