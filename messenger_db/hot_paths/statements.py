"""The hot paths for editors and mypy: rows, and the functions that aiosql makes.

Written by make docs; do not edit.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID


class AcceptContactRow(NamedTuple):
    """A row of accept_contact."""

    accepted_at: datetime


class AddReactionRow(NamedTuple):
    """A row of add_reaction."""

    outcome: str


class AppointOwnerRow(NamedTuple):
    """A row of appoint_owner."""

    user_id: UUID


class AttachmentsRow(NamedTuple):
    """A row of attachments."""

    message_id: UUID
    position: int
    file_name: str
    file_type: str
    file_size: int
    storage_key: str
    medium_key: str | None
    thumbnail_key: str | None
    width: int | None
    height: int | None
    blurhash: str | None


class BeginSessionRow(NamedTuple):
    """A row of begin_session."""

    session_id: UUID


class BindSocketRow(NamedTuple):
    """A row of bind_socket."""

    user_id: UUID


class BlockContactRow(NamedTuple):
    """A row of block_contact."""

    blocked_at: datetime


class ChangePasswordRow(NamedTuple):
    """A row of change_password."""

    ended: int


class ChangeRoleRow(NamedTuple):
    """A row of change_role."""

    role: str


class ChatListRow(NamedTuple):
    """A row of chat_list."""

    chat_id: UUID
    type: str
    name: str | None
    slug: str
    avatar_url: str | None
    is_pinned: bool
    muted_until: datetime | None
    peer_id: UUID | None
    message_id: UUID
    sender_id: UUID | None
    content: str | None
    content_type: str | None
    deleted_at: datetime | None
    created_at: datetime | None
    unread: int


class ClearUnreadRow(NamedTuple):
    """A row of clear_unread."""

    forgotten: int


class ContactRequestsRow(NamedTuple):
    """A row of contact_requests."""

    contact_id: UUID
    username: str
    display_name: str | None
    avatar_url: str | None
    created_at: datetime


class ContactsRow(NamedTuple):
    """A row of contacts."""

    contact_id: UUID
    username: str
    display_name: str | None
    nickname: str | None
    avatar_url: str | None
    status: str
    last_seen_at: datetime | None
    accepted_at: datetime | None


class CreateDirectChatRow(NamedTuple):
    """A row of create_direct_chat."""

    chat_id: UUID
    is_new: bool


class CreateGroupRow(NamedTuple):
    """A row of create_group."""

    outcome: str
    members: list[UUID]


class DeleteChatRow(NamedTuple):
    """A row of delete_chat."""

    deleted_at: datetime


class DeleteExpiredSessionsRow(NamedTuple):
    """A row of delete_expired_sessions."""

    deleted: int


class DeleteMessageRow(NamedTuple):
    """A row of delete_message."""

    deleted_at: datetime
    keys: list[str]


class DeleteUserRow(NamedTuple):
    """A row of delete_user."""

    deleted_at: datetime
    owned_chats: list[UUID]


class DeliverPendingRow(NamedTuple):
    """A row of deliver_pending."""

    chat_id: UUID
    message_id: UUID
    sender_id: UUID | None
    content: str
    content_type: str
    metadata: Any
    reply_to_id: UUID | None
    edited_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime
    delivered_at: datetime


class EditMessageRow(NamedTuple):
    """A row of edit_message."""

    edited_at: datetime


class HeartbeatRow(NamedTuple):
    """A row of heartbeat."""

    last_seen_at: datetime


class HistoryAfterRow(NamedTuple):
    """A row of history_after."""

    id: UUID
    sender_id: UUID | None
    content: str
    content_type: str
    metadata: Any
    reply_to_id: UUID | None
    edited_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime


class HistoryBeforeRow(NamedTuple):
    """A row of history_before."""

    id: UUID
    sender_id: UUID | None
    content: str
    content_type: str
    metadata: Any
    reply_to_id: UUID | None
    edited_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime


class HistoryWithNamesRow(NamedTuple):
    """A row of history_with_names."""

    id: UUID
    sender_id: UUID | None
    content: str
    content_type: str
    metadata: Any
    reply_to_id: UUID | None
    edited_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime
    sender_name: str | None
    sender_avatar_url: str | None
    reply_sender_id: UUID | None
    reply_sender_name: str | None
    reply_content: str | None
    reply_content_type: str | None


class JoinChatRow(NamedTuple):
    """A row of join_chat."""

    joined_at: datetime


class LeaveChatRow(NamedTuple):
    """A row of leave_chat."""

    left_at: datetime
    was_owner: bool


class LockGroupRow(NamedTuple):
    """A row of lock_group."""

    chat_id: UUID


class MarkReadRow(NamedTuple):
    """A row of mark_read."""

    message_id: UUID
    read_at: datetime


class MembersRow(NamedTuple):
    """A row of members."""

    user_id: UUID
    role: str
    username: str
    display_name: str | None
    avatar_url: str | None
    status: str
    last_seen_at: datetime | None
    joined_at: datetime
    added_by: UUID | None


class MuteChatRow(NamedTuple):
    """A row of mute_chat."""

    muted_until: datetime | None


class PinChatRow(NamedTuple):
    """A row of pin_chat."""

    pinned_at: datetime | None


class ProfileRow(NamedTuple):
    """A row of profile."""

    user_id: UUID
    username: str
    display_name: str | None
    bio: str | None
    avatar_url: str | None
    status: str
    last_seen_at: datetime | None
    created_at: datetime


class ProfilesRow(NamedTuple):
    """A row of profiles."""

    user_id: UUID
    username: str
    display_name: str | None
    avatar_url: str | None
    status: str
    last_seen_at: datetime | None
    deleted_at: datetime | None


class PurgeUserRow(NamedTuple):
    """A row of purge_user."""

    messages: int
    reactions: int
    receipts: int
    is_purged: bool


class ReactionsRow(NamedTuple):
    """A row of reactions."""

    message_id: UUID
    emoji: str
    reactions: int
    is_mine: bool


class ReadReceiptsRow(NamedTuple):
    """A row of read_receipts."""

    user_id: UUID
    status: str
    delivered_at: datetime | None
    read_at: datetime | None


class ReceiptCountsRow(NamedTuple):
    """A row of receipt_counts."""

    message_id: UUID
    recipients: int
    delivered: int
    read: int


class RegisterUserRow(NamedTuple):
    """A row of register_user."""

    outcome: str
    user_id: UUID | None
    created_at: datetime | None


class RemoveContactRow(NamedTuple):
    """A row of remove_contact."""

    contact_id: UUID
    was: str


class RemoveMemberRow(NamedTuple):
    """A row of remove_member."""

    left_at: datetime


class RemoveReactionRow(NamedTuple):
    """A row of remove_reaction."""

    message_id: UUID


class RequestContactRow(NamedTuple):
    """A row of request_contact."""

    outcome: str


class RevokeSessionRow(NamedTuple):
    """A row of revoke_session."""

    session_id: UUID
    socket_id: str | None


class RotateSessionRow(NamedTuple):
    """A row of rotate_session."""

    session_id: UUID
    user_id: UUID


class SearchRow(NamedTuple):
    """A row of search."""

    chat_id: UUID
    message_id: UUID
    sender_id: UUID | None
    content: str
    created_at: datetime


class SendImagesRow(NamedTuple):
    """A row of send_images."""

    outcome: str
    message_id: UUID | None
    created_at: datetime | None
    recipients: list[UUID]


class SendMessageRow(NamedTuple):
    """A row of send_message."""

    outcome: str
    message_id: UUID | None
    created_at: datetime | None
    recipients: list[UUID]


class SendSystemMessageRow(NamedTuple):
    """A row of send_system_message."""

    outcome: str
    message_id: UUID | None
    created_at: datetime | None
    recipients: list[UUID]


class SessionByTokenRow(NamedTuple):
    """A row of session_by_token."""

    session_id: UUID
    user_id: UUID
    username: str
    device_type: str | None
    expires_at: datetime


class SessionsRow(NamedTuple):
    """A row of sessions."""

    session_id: UUID
    device_type: str | None
    device_name: str | None
    ip_address: Any | None
    last_activity_at: datetime
    created_at: datetime
    expires_at: datetime


class SetNicknameRow(NamedTuple):
    """A row of set_nickname."""

    contact_id: UUID


class TransferOwnershipRow(NamedTuple):
    """A row of transfer_ownership."""

    chat_id: UUID


class UnblockContactRow(NamedTuple):
    """A row of unblock_contact."""

    status: str


class UnreadCountRow(NamedTuple):
    """A row of unread_count."""

    unread: int


class UnreadTotalRow(NamedTuple):
    """A row of unread_total."""

    unread: int
    chats: int


class UpdateGroupRow(NamedTuple):
    """A row of update_group."""

    updated_at: datetime


class UpdateProfileRow(NamedTuple):
    """A row of update_profile."""

    updated_at: datetime


class UserByUsernameRow(NamedTuple):
    """A row of user_by_username."""

    user_id: UUID
    username: str
    password_hash: str


class UsersToPurgeRow(NamedTuple):
    """A row of users_to_purge."""

    user_id: UUID
    deleted_at: datetime


ROW_CLASSES: dict[str, type] = {
    "AcceptContactRow": AcceptContactRow,
    "AddReactionRow": AddReactionRow,
    "AppointOwnerRow": AppointOwnerRow,
    "AttachmentsRow": AttachmentsRow,
    "BeginSessionRow": BeginSessionRow,
    "BindSocketRow": BindSocketRow,
    "BlockContactRow": BlockContactRow,
    "ChangePasswordRow": ChangePasswordRow,
    "ChangeRoleRow": ChangeRoleRow,
    "ChatListRow": ChatListRow,
    "ClearUnreadRow": ClearUnreadRow,
    "ContactRequestsRow": ContactRequestsRow,
    "ContactsRow": ContactsRow,
    "CreateDirectChatRow": CreateDirectChatRow,
    "CreateGroupRow": CreateGroupRow,
    "DeleteChatRow": DeleteChatRow,
    "DeleteExpiredSessionsRow": DeleteExpiredSessionsRow,
    "DeleteMessageRow": DeleteMessageRow,
    "DeleteUserRow": DeleteUserRow,
    "DeliverPendingRow": DeliverPendingRow,
    "EditMessageRow": EditMessageRow,
    "HeartbeatRow": HeartbeatRow,
    "HistoryAfterRow": HistoryAfterRow,
    "HistoryBeforeRow": HistoryBeforeRow,
    "HistoryWithNamesRow": HistoryWithNamesRow,
    "JoinChatRow": JoinChatRow,
    "LeaveChatRow": LeaveChatRow,
    "LockGroupRow": LockGroupRow,
    "MarkReadRow": MarkReadRow,
    "MembersRow": MembersRow,
    "MuteChatRow": MuteChatRow,
    "PinChatRow": PinChatRow,
    "ProfileRow": ProfileRow,
    "ProfilesRow": ProfilesRow,
    "PurgeUserRow": PurgeUserRow,
    "ReactionsRow": ReactionsRow,
    "ReadReceiptsRow": ReadReceiptsRow,
    "ReceiptCountsRow": ReceiptCountsRow,
    "RegisterUserRow": RegisterUserRow,
    "RemoveContactRow": RemoveContactRow,
    "RemoveMemberRow": RemoveMemberRow,
    "RemoveReactionRow": RemoveReactionRow,
    "RequestContactRow": RequestContactRow,
    "RevokeSessionRow": RevokeSessionRow,
    "RotateSessionRow": RotateSessionRow,
    "SearchRow": SearchRow,
    "SendImagesRow": SendImagesRow,
    "SendMessageRow": SendMessageRow,
    "SendSystemMessageRow": SendSystemMessageRow,
    "SessionByTokenRow": SessionByTokenRow,
    "SessionsRow": SessionsRow,
    "SetNicknameRow": SetNicknameRow,
    "TransferOwnershipRow": TransferOwnershipRow,
    "UnblockContactRow": UnblockContactRow,
    "UnreadCountRow": UnreadCountRow,
    "UnreadTotalRow": UnreadTotalRow,
    "UpdateGroupRow": UpdateGroupRow,
    "UpdateProfileRow": UpdateProfileRow,
    "UserByUsernameRow": UserByUsernameRow,
    "UsersToPurgeRow": UsersToPurgeRow,
}


class Statements(Protocol):
    """What queries() returns for psycopg and psycopg2."""

    def accept_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> AcceptContactRow | None:
        """Accepts a request."""

    def add_reaction(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
        message_id: UUID,
        emoji: str,
    ) -> AddReactionRow | None:
        """Adds a reaction to a message."""

    def appoint_owner(
        self,
        conn: Any,
        *,
        chat_id: UUID,
    ) -> AppointOwnerRow | None:
        """Appoints an owner for a group that has none."""

    def attachments(
        self,
        conn: Any,
        *,
        message_ids: list[UUID],
        chat_id: UUID,
        user_id: UUID,
    ) -> Iterator[AttachmentsRow]:
        """Returns the files of a page of messages."""

    def begin_session(
        self,
        conn: Any,
        *,
        user_id: UUID,
        token_hash: bytes,
        expires_at: datetime,
        device_id: str | None,
        device_type: str | None,
        device_name: str | None,
        ip_address: str | None,
        user_agent: str | None,
    ) -> BeginSessionRow | None:
        """Logs a device in."""

    def bind_socket(
        self,
        conn: Any,
        *,
        session_id: UUID,
        socket_id: str | None,
    ) -> BindSocketRow | None:
        """Records the open connection of a device."""

    def block_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> BlockContactRow | None:
        """Blocks another user."""

    def change_password(
        self,
        conn: Any,
        *,
        password_hash: str,
        user_id: UUID,
        session_id: UUID | None,
    ) -> ChangePasswordRow | None:
        """Changes a user's password and ends all other sessions."""

    def change_role(
        self,
        conn: Any,
        *,
        role: str,
        chat_id: UUID,
        member_id: UUID,
        user_id: UUID,
    ) -> ChangeRoleRow | None:
        """Makes a member of a group an admin."""

    def chat_list(
        self,
        conn: Any,
        *,
        user_id: UUID,
        before_is_pinned: bool,
        before_message_id: UUID,
        before_chat_id: UUID,
    ) -> Iterator[ChatListRow]:
        """Returns a page of a user's chats."""

    def clear_unread(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
    ) -> ClearUnreadRow | None:
        """Deletes a user's unread rows of a chat without marking the messages as read."""

    def contact_requests(
        self,
        conn: Any,
        *,
        user_id: UUID,
    ) -> Iterator[ContactRequestsRow]:
        """Returns the requests that a user has not answered."""

    def contacts(
        self,
        conn: Any,
        *,
        user_id: UUID,
        status: str,
    ) -> Iterator[ContactsRow]:
        """Returns a user's contacts."""

    def create_direct_chat(
        self,
        conn: Any,
        *,
        user_id: UUID,
        other_id: UUID,
    ) -> CreateDirectChatRow | None:
        """Opens the direct chat of two users."""

    def create_group(
        self,
        conn: Any,
        *,
        member_ids: list[UUID],
        user_id: UUID,
        chat_id: UUID,
        name: str,
        slug: str | None,
    ) -> CreateGroupRow | None:
        """Creates a group with its owner and its first members."""

    def delete_chat(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
    ) -> DeleteChatRow | None:
        """Deletes a group."""

    def delete_expired_sessions(
        self,
        conn: Any,
        *,
        expired_before: datetime,
        max_sessions: int,
    ) -> DeleteExpiredSessionsRow | None:
        """Deletes sessions that expired before a given time."""

    def delete_message(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
        message_id: UUID,
    ) -> DeleteMessageRow | None:
        """Deletes a message."""

    def delete_user(
        self,
        conn: Any,
        *,
        user_id: UUID,
    ) -> DeleteUserRow | None:
        """Deletes an account."""

    def deliver_pending(
        self,
        conn: Any,
        *,
        user_id: UUID,
        max_messages: int,
    ) -> Iterator[DeliverPendingRow]:
        """Returns a user's undelivered messages."""

    def edit_message(
        self,
        conn: Any,
        *,
        content: str,
        chat_id: UUID,
        message_id: UUID,
        user_id: UUID,
    ) -> EditMessageRow | None:
        """Changes the text of a message that is not deleted."""

    def heartbeat(
        self,
        conn: Any,
        *,
        session_id: UUID,
        status: str,
    ) -> HeartbeatRow | None:
        """Records that a device is connected."""

    def history_after(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        after_id: UUID,
        user_id: UUID,
    ) -> Iterator[HistoryAfterRow]:
        """Returns the 50 messages of a chat after a given one."""

    def history_before(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        before_id: UUID,
        user_id: UUID,
    ) -> Iterator[HistoryBeforeRow]:
        """Returns a page of a chat's history."""

    def history_with_names(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        before_id: UUID,
        user_id: UUID,
    ) -> Iterator[HistoryWithNamesRow]:
        """Returns the page of history_before with the senders' names and the messages replied to."""

    def join_chat(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
        added_by: UUID | None,
    ) -> JoinChatRow | None:
        """Adds a user to a group of at most 300 members."""

    def leave_chat(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
    ) -> LeaveChatRow | None:
        """Removes the user from a chat."""

    def lock_group(
        self,
        conn: Any,
        *,
        chat_id: UUID,
    ) -> LockGroupRow | None:
        """Locks a group."""

    def mark_read(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
        up_to_id: UUID,
    ) -> Iterator[MarkReadRow]:
        """Marks a chat as read up to a given message."""

    def members(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
    ) -> Iterator[MembersRow]:
        """Returns the members of a chat."""

    def mute_chat(
        self,
        conn: Any,
        *,
        muted_until: datetime | None,
        chat_id: UUID,
        user_id: UUID,
    ) -> MuteChatRow | None:
        """Mutes a chat's notifications for a user until a given time."""

    def pin_chat(
        self,
        conn: Any,
        *,
        is_pinned: bool,
        chat_id: UUID,
        user_id: UUID,
    ) -> PinChatRow | None:
        """Pins a chat to the top of a user's list."""

    def profile(
        self,
        conn: Any,
        *,
        username: str,
    ) -> ProfileRow | None:
        """Returns the public profile of a user."""

    def profiles(
        self,
        conn: Any,
        *,
        user_ids: list[UUID],
    ) -> Iterator[ProfilesRow]:
        """What others see of several users."""

    def purge_user(
        self,
        conn: Any,
        *,
        user_id: UUID,
        batch: int,
    ) -> PurgeUserRow | None:
        """Deletes the rows of a deleted user."""

    def reactions(
        self,
        conn: Any,
        *,
        user_id: UUID,
        message_ids: list[UUID],
        chat_id: UUID,
    ) -> Iterator[ReactionsRow]:
        """Returns the reactions to a page of messages."""

    def read_receipts(
        self,
        conn: Any,
        *,
        message_id: UUID,
        chat_id: UUID,
        user_id: UUID,
    ) -> Iterator[ReadReceiptsRow]:
        """Returns the receipts of a message."""

    def receipt_counts(
        self,
        conn: Any,
        *,
        message_ids: list[UUID],
        chat_id: UUID,
        user_id: UUID,
    ) -> Iterator[ReceiptCountsRow]:
        """The ticks under a page of messages."""

    def register_user(
        self,
        conn: Any,
        *,
        username: str,
        password_hash: str,
        display_name: str | None,
    ) -> RegisterUserRow | None:
        """Creates an account."""

    def remove_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> RemoveContactRow | None:
        """Removes a contact."""

    def remove_member(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        member_id: UUID,
        user_id: UUID,
    ) -> RemoveMemberRow | None:
        """Removes a member from a group."""

    def remove_reaction(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        message_id: UUID,
        user_id: UUID,
        emoji: str,
    ) -> RemoveReactionRow | None:
        """Removes a reaction from a message."""

    def request_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> RequestContactRow | None:
        """Asks another user to become a contact."""

    def revoke_session(
        self,
        conn: Any,
        *,
        session_id: UUID,
        user_id: UUID,
    ) -> RevokeSessionRow | None:
        """Logs a device out."""

    def rotate_session(
        self,
        conn: Any,
        *,
        token_hash: bytes,
        new_token_hash: bytes,
        expires_at: datetime,
    ) -> RotateSessionRow | None:
        """Gives a device a new token."""

    def search(
        self,
        conn: Any,
        *,
        words: str,
        user_id: UUID,
        before_id: UUID,
    ) -> Iterator[SearchRow]:
        """Searches the messages of all chats in which the user is active."""

    def send_images(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        sender_id: UUID,
        message_id: UUID | None,
        content: str,
        metadata: str,
        reply_to_id: UUID | None,
        files: str,
    ) -> SendImagesRow | None:
        """Sends pictures to a chat."""

    def send_message(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        sender_id: UUID,
        message_id: UUID | None,
        content: str,
        content_type: str,
        metadata: str,
        reply_to_id: UUID | None,
    ) -> SendMessageRow | None:
        """Sends a message to a chat."""

    def send_system_message(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        message_id: UUID | None,
        content: str,
        metadata: str,
    ) -> SendSystemMessageRow | None:
        """Stores a notice without a sender in a chat."""

    def session_by_token(
        self,
        conn: Any,
        *,
        token_hash: bytes,
    ) -> SessionByTokenRow | None:
        """Returns the session and user of a token."""

    def sessions(
        self,
        conn: Any,
        *,
        user_id: UUID,
    ) -> Iterator[SessionsRow]:
        """Returns a user's devices that are logged in."""

    def set_nickname(
        self,
        conn: Any,
        *,
        nickname: str | None,
        user_id: UUID,
        contact_id: UUID,
    ) -> SetNicknameRow | None:
        """Sets the user's own name for a contact."""

    def transfer_ownership(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
        member_id: UUID,
    ) -> TransferOwnershipRow | None:
        """Transfers a group."""

    def unblock_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> UnblockContactRow | None:
        """Unblocks a user."""

    def unread_count(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
    ) -> UnreadCountRow | None:
        """Returns the number of messages of a chat that a user has not read."""

    def unread_total(
        self,
        conn: Any,
        *,
        user_id: UUID,
    ) -> UnreadTotalRow | None:
        """Returns the number of a user's unread messages."""

    def update_group(
        self,
        conn: Any,
        *,
        name: str,
        description: str | None,
        avatar_url: str | None,
        chat_id: UUID,
        user_id: UUID,
    ) -> UpdateGroupRow | None:
        """Changes the name."""

    def update_profile(
        self,
        conn: Any,
        *,
        display_name: str | None,
        bio: str | None,
        avatar_url: str | None,
        user_id: UUID,
    ) -> UpdateProfileRow | None:
        """Changes the public profile of a user."""

    def user_by_username(
        self,
        conn: Any,
        *,
        username: str,
    ) -> UserByUsernameRow | None:
        """Returns the user of a username."""

    def users_to_purge(
        self,
        conn: Any,
        *,
        deleted_before: datetime,
        max_users: int,
    ) -> Iterator[UsersToPurgeRow]:
        """Returns the users who were deleted before a given time."""


class AsyncStatements(Protocol):
    """What queries() returns for asyncpg and apsycopg."""

    async def accept_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> AcceptContactRow | None:
        """Accepts a request."""

    async def add_reaction(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
        message_id: UUID,
        emoji: str,
    ) -> AddReactionRow | None:
        """Adds a reaction to a message."""

    async def appoint_owner(
        self,
        conn: Any,
        *,
        chat_id: UUID,
    ) -> AppointOwnerRow | None:
        """Appoints an owner for a group that has none."""

    def attachments(
        self,
        conn: Any,
        *,
        message_ids: list[UUID],
        chat_id: UUID,
        user_id: UUID,
    ) -> AsyncIterator[AttachmentsRow]:
        """Returns the files of a page of messages."""

    async def begin_session(
        self,
        conn: Any,
        *,
        user_id: UUID,
        token_hash: bytes,
        expires_at: datetime,
        device_id: str | None,
        device_type: str | None,
        device_name: str | None,
        ip_address: str | None,
        user_agent: str | None,
    ) -> BeginSessionRow | None:
        """Logs a device in."""

    async def bind_socket(
        self,
        conn: Any,
        *,
        session_id: UUID,
        socket_id: str | None,
    ) -> BindSocketRow | None:
        """Records the open connection of a device."""

    async def block_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> BlockContactRow | None:
        """Blocks another user."""

    async def change_password(
        self,
        conn: Any,
        *,
        password_hash: str,
        user_id: UUID,
        session_id: UUID | None,
    ) -> ChangePasswordRow | None:
        """Changes a user's password and ends all other sessions."""

    async def change_role(
        self,
        conn: Any,
        *,
        role: str,
        chat_id: UUID,
        member_id: UUID,
        user_id: UUID,
    ) -> ChangeRoleRow | None:
        """Makes a member of a group an admin."""

    def chat_list(
        self,
        conn: Any,
        *,
        user_id: UUID,
        before_is_pinned: bool,
        before_message_id: UUID,
        before_chat_id: UUID,
    ) -> AsyncIterator[ChatListRow]:
        """Returns a page of a user's chats."""

    async def clear_unread(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
    ) -> ClearUnreadRow | None:
        """Deletes a user's unread rows of a chat without marking the messages as read."""

    def contact_requests(
        self,
        conn: Any,
        *,
        user_id: UUID,
    ) -> AsyncIterator[ContactRequestsRow]:
        """Returns the requests that a user has not answered."""

    def contacts(
        self,
        conn: Any,
        *,
        user_id: UUID,
        status: str,
    ) -> AsyncIterator[ContactsRow]:
        """Returns a user's contacts."""

    async def create_direct_chat(
        self,
        conn: Any,
        *,
        user_id: UUID,
        other_id: UUID,
    ) -> CreateDirectChatRow | None:
        """Opens the direct chat of two users."""

    async def create_group(
        self,
        conn: Any,
        *,
        member_ids: list[UUID],
        user_id: UUID,
        chat_id: UUID,
        name: str,
        slug: str | None,
    ) -> CreateGroupRow | None:
        """Creates a group with its owner and its first members."""

    async def delete_chat(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
    ) -> DeleteChatRow | None:
        """Deletes a group."""

    async def delete_expired_sessions(
        self,
        conn: Any,
        *,
        expired_before: datetime,
        max_sessions: int,
    ) -> DeleteExpiredSessionsRow | None:
        """Deletes sessions that expired before a given time."""

    async def delete_message(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
        message_id: UUID,
    ) -> DeleteMessageRow | None:
        """Deletes a message."""

    async def delete_user(
        self,
        conn: Any,
        *,
        user_id: UUID,
    ) -> DeleteUserRow | None:
        """Deletes an account."""

    def deliver_pending(
        self,
        conn: Any,
        *,
        user_id: UUID,
        max_messages: int,
    ) -> AsyncIterator[DeliverPendingRow]:
        """Returns a user's undelivered messages."""

    async def edit_message(
        self,
        conn: Any,
        *,
        content: str,
        chat_id: UUID,
        message_id: UUID,
        user_id: UUID,
    ) -> EditMessageRow | None:
        """Changes the text of a message that is not deleted."""

    async def heartbeat(
        self,
        conn: Any,
        *,
        session_id: UUID,
        status: str,
    ) -> HeartbeatRow | None:
        """Records that a device is connected."""

    def history_after(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        after_id: UUID,
        user_id: UUID,
    ) -> AsyncIterator[HistoryAfterRow]:
        """Returns the 50 messages of a chat after a given one."""

    def history_before(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        before_id: UUID,
        user_id: UUID,
    ) -> AsyncIterator[HistoryBeforeRow]:
        """Returns a page of a chat's history."""

    def history_with_names(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        before_id: UUID,
        user_id: UUID,
    ) -> AsyncIterator[HistoryWithNamesRow]:
        """Returns the page of history_before with the senders' names and the messages replied to."""

    async def join_chat(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
        added_by: UUID | None,
    ) -> JoinChatRow | None:
        """Adds a user to a group of at most 300 members."""

    async def leave_chat(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
    ) -> LeaveChatRow | None:
        """Removes the user from a chat."""

    async def lock_group(
        self,
        conn: Any,
        *,
        chat_id: UUID,
    ) -> LockGroupRow | None:
        """Locks a group."""

    def mark_read(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
        up_to_id: UUID,
    ) -> AsyncIterator[MarkReadRow]:
        """Marks a chat as read up to a given message."""

    def members(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
    ) -> AsyncIterator[MembersRow]:
        """Returns the members of a chat."""

    async def mute_chat(
        self,
        conn: Any,
        *,
        muted_until: datetime | None,
        chat_id: UUID,
        user_id: UUID,
    ) -> MuteChatRow | None:
        """Mutes a chat's notifications for a user until a given time."""

    async def pin_chat(
        self,
        conn: Any,
        *,
        is_pinned: bool,
        chat_id: UUID,
        user_id: UUID,
    ) -> PinChatRow | None:
        """Pins a chat to the top of a user's list."""

    async def profile(
        self,
        conn: Any,
        *,
        username: str,
    ) -> ProfileRow | None:
        """Returns the public profile of a user."""

    def profiles(
        self,
        conn: Any,
        *,
        user_ids: list[UUID],
    ) -> AsyncIterator[ProfilesRow]:
        """What others see of several users."""

    async def purge_user(
        self,
        conn: Any,
        *,
        user_id: UUID,
        batch: int,
    ) -> PurgeUserRow | None:
        """Deletes the rows of a deleted user."""

    def reactions(
        self,
        conn: Any,
        *,
        user_id: UUID,
        message_ids: list[UUID],
        chat_id: UUID,
    ) -> AsyncIterator[ReactionsRow]:
        """Returns the reactions to a page of messages."""

    def read_receipts(
        self,
        conn: Any,
        *,
        message_id: UUID,
        chat_id: UUID,
        user_id: UUID,
    ) -> AsyncIterator[ReadReceiptsRow]:
        """Returns the receipts of a message."""

    def receipt_counts(
        self,
        conn: Any,
        *,
        message_ids: list[UUID],
        chat_id: UUID,
        user_id: UUID,
    ) -> AsyncIterator[ReceiptCountsRow]:
        """The ticks under a page of messages."""

    async def register_user(
        self,
        conn: Any,
        *,
        username: str,
        password_hash: str,
        display_name: str | None,
    ) -> RegisterUserRow | None:
        """Creates an account."""

    async def remove_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> RemoveContactRow | None:
        """Removes a contact."""

    async def remove_member(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        member_id: UUID,
        user_id: UUID,
    ) -> RemoveMemberRow | None:
        """Removes a member from a group."""

    async def remove_reaction(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        message_id: UUID,
        user_id: UUID,
        emoji: str,
    ) -> RemoveReactionRow | None:
        """Removes a reaction from a message."""

    async def request_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> RequestContactRow | None:
        """Asks another user to become a contact."""

    async def revoke_session(
        self,
        conn: Any,
        *,
        session_id: UUID,
        user_id: UUID,
    ) -> RevokeSessionRow | None:
        """Logs a device out."""

    async def rotate_session(
        self,
        conn: Any,
        *,
        token_hash: bytes,
        new_token_hash: bytes,
        expires_at: datetime,
    ) -> RotateSessionRow | None:
        """Gives a device a new token."""

    def search(
        self,
        conn: Any,
        *,
        words: str,
        user_id: UUID,
        before_id: UUID,
    ) -> AsyncIterator[SearchRow]:
        """Searches the messages of all chats in which the user is active."""

    async def send_images(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        sender_id: UUID,
        message_id: UUID | None,
        content: str,
        metadata: str,
        reply_to_id: UUID | None,
        files: str,
    ) -> SendImagesRow | None:
        """Sends pictures to a chat."""

    async def send_message(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        sender_id: UUID,
        message_id: UUID | None,
        content: str,
        content_type: str,
        metadata: str,
        reply_to_id: UUID | None,
    ) -> SendMessageRow | None:
        """Sends a message to a chat."""

    async def send_system_message(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        message_id: UUID | None,
        content: str,
        metadata: str,
    ) -> SendSystemMessageRow | None:
        """Stores a notice without a sender in a chat."""

    async def session_by_token(
        self,
        conn: Any,
        *,
        token_hash: bytes,
    ) -> SessionByTokenRow | None:
        """Returns the session and user of a token."""

    def sessions(
        self,
        conn: Any,
        *,
        user_id: UUID,
    ) -> AsyncIterator[SessionsRow]:
        """Returns a user's devices that are logged in."""

    async def set_nickname(
        self,
        conn: Any,
        *,
        nickname: str | None,
        user_id: UUID,
        contact_id: UUID,
    ) -> SetNicknameRow | None:
        """Sets the user's own name for a contact."""

    async def transfer_ownership(
        self,
        conn: Any,
        *,
        chat_id: UUID,
        user_id: UUID,
        member_id: UUID,
    ) -> TransferOwnershipRow | None:
        """Transfers a group."""

    async def unblock_contact(
        self,
        conn: Any,
        *,
        user_id: UUID,
        contact_id: UUID,
    ) -> UnblockContactRow | None:
        """Unblocks a user."""

    async def unread_count(
        self,
        conn: Any,
        *,
        user_id: UUID,
        chat_id: UUID,
    ) -> UnreadCountRow | None:
        """Returns the number of messages of a chat that a user has not read."""

    async def unread_total(
        self,
        conn: Any,
        *,
        user_id: UUID,
    ) -> UnreadTotalRow | None:
        """Returns the number of a user's unread messages."""

    async def update_group(
        self,
        conn: Any,
        *,
        name: str,
        description: str | None,
        avatar_url: str | None,
        chat_id: UUID,
        user_id: UUID,
    ) -> UpdateGroupRow | None:
        """Changes the name."""

    async def update_profile(
        self,
        conn: Any,
        *,
        display_name: str | None,
        bio: str | None,
        avatar_url: str | None,
        user_id: UUID,
    ) -> UpdateProfileRow | None:
        """Changes the public profile of a user."""

    async def user_by_username(
        self,
        conn: Any,
        *,
        username: str,
    ) -> UserByUsernameRow | None:
        """Returns the user of a username."""

    def users_to_purge(
        self,
        conn: Any,
        *,
        deleted_before: datetime,
        max_users: int,
    ) -> AsyncIterator[UsersToPurgeRow]:
        """Returns the users who were deleted before a given time."""
