-- Takes the whole schema back, newest first; indexes, triggers and comments go with their table.
-- Every row of the ten tables is lost. It does not refuse: to take back the first migration means to delete all, and the
-- commands ask before they do it.

DROP TABLE user_sessions;

DROP TABLE unread_messages;

DROP TABLE message_delivery;

DROP TABLE message_reactions;

DROP TABLE attachments;

DROP TABLE messages;

DROP TABLE chat_participants;

DROP TABLE chats;

DROP TABLE contacts;

DROP TABLE users;

DROP FUNCTION refuse_change();

DROP FUNCTION set_updated_at();

DROP FUNCTION is_one_line(text);

DROP FUNCTION is_blank(text);

DROP FUNCTION uuid_v7();
