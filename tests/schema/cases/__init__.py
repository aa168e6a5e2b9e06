"""The cases of all ten tables, written by hand: what each rule must refuse, and the nearest that must pass."""

from .attachments import ATTACHMENTS
from .chat_participants import CHAT_PARTICIPANTS
from .chats import CHATS
from .contacts import CONTACTS
from .message_delivery import MESSAGE_DELIVERY
from .message_reactions import MESSAGE_REACTIONS
from .messages import MESSAGES
from .unread_messages import UNREAD_MESSAGES
from .user_sessions import USER_SESSIONS
from .users import USERS

TABLES = [
    USERS,
    CONTACTS,
    CHATS,
    CHAT_PARTICIPANTS,
    MESSAGES,
    ATTACHMENTS,
    MESSAGE_REACTIONS,
    MESSAGE_DELIVERY,
    UNREAD_MESSAGES,
    USER_SESSIONS,
]
