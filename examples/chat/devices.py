"""The devices that are connected, and what they are told."""

import json
from asyncio import Queue, QueueFull
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect

WAITING_EVENTS = 100
POLICY_VIOLATION, TRY_AGAIN_LATER = 1008, 1013


@dataclass(eq=False)
class Device:
    """An open WebSocket of a session, with the events that it has not taken yet; a number closes it."""

    user_id: UUID
    session_id: UUID
    websocket: WebSocket
    events: Queue[str | int] = field(default_factory=lambda: Queue(WAITING_EVENTS))

    async def write(self) -> None:
        """Send events as they come, until the device is to be closed, or is gone."""
        with suppress(WebSocketDisconnect, RuntimeError):
            while isinstance(event := await self.events.get(), str):
                await self.websocket.send_text(event)
            await self.websocket.close(event)

    def close(self, code: int) -> None:
        """Let it be closed, whatever it has not taken."""
        while not self.events.empty():
            self.events.get_nowait()
        self.events.put_nowait(code)


class Devices(set[Device]):
    """All devices of this process. A second process would need a channel between them, such as Redis."""

    def users(self) -> set[UUID]:
        """Return who is connected."""
        return {device.user_id for device in self}

    def tell(self, user_ids: Iterable[UUID | None], event: str, **facts: Any) -> None:
        """Tell all devices of some users. One that takes nothing is closed: it catches up when it comes back."""
        text, users = json.dumps({"event": event, **facts}, default=str), set(user_ids)
        for device in self:
            if device.user_id in users:
                try:
                    device.events.put_nowait(text)
                except QueueFull:
                    device.close(TRY_AGAIN_LATER)

    def log_out(self, session_id: UUID) -> None:
        """Close the devices of a session that has ended."""
        for device in self:
            if device.session_id == session_id:
                device.close(POLICY_VIOLATION)
