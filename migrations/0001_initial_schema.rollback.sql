-- Takes the whole schema back, newest first; indexes, triggers and comments go with their table.
-- Every row of the ten tables is lost: before the first release there is nothing to keep.

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

DROP FUNCTION set_updated_at();

DROP FUNCTION is_blank(text);

DROP FUNCTION uuid_v7();
