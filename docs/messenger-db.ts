// The tables, and the parameters and rows of the hot paths. Written by make docs; do not edit.
//
// The types are those of node-postgres (pg), without parsers of your own: timestamptz is a Date, which drops the
// microseconds; bytea is a Buffer, which needs @types/node; jsonb is parsed; bigint, uuid and inet are strings. A
// parameter of jsonb is JSON text.

export type UserStatus = "online" | "offline" | "away";

export type ContactStatus = "pending" | "accepted" | "blocked";

export type ChatType = "direct" | "group";

export type ChatParticipantRole = "owner" | "admin" | "member";

export type MessageContentType = "text" | "image" | "system";

export type AttachmentFileType = "image/jpeg" | "image/png" | "image/gif" | "image/webp";

export type MessageDeliveryStatus = "pending" | "delivered" | "read";

export type UserSessionDeviceType = "web" | "ios" | "android" | "desktop";

/** People who can log in and chat. */
export interface User {
  /** Random id of the user. */
  id: string;
  /** Login name: 3 to 50 letters, digits or underscores, unique without regard to case. */
  username: string;
  /** bcrypt or argon2id hash of the password, never the password. */
  password_hash: string;
  /** Name shown to others; the username is shown when missing. */
  display_name: string | null;
  /** What the user says about themselves. */
  bio: string | null;
  /** http or https address of the picture. */
  avatar_url: string | null;
  /** Presence: online, offline or away. */
  status: UserStatus;
  /** Time of the last heartbeat; missing when never seen. */
  last_seen_at: Date | null;
  /** Time of signing up. */
  created_at: Date;
  /** Time of the last change of this row, kept by a trigger. */
  updated_at: Date;
  /** Time the user left; the row is purged later, in batches. */
  deleted_at: Date | null;
}

/** A row to insert into users; what may be left out the server fills in. */
export interface NewUser {
  id?: string;
  username: string;
  password_hash: string;
  display_name?: string | null;
  bio?: string | null;
  avatar_url?: string | null;
  status?: UserStatus;
  last_seen_at?: Date | null;
  created_at?: Date;
  updated_at?: Date;
  deleted_at?: Date | null;
}

/** Who knows whom, seen from user_id; each row has its mirror with the two people swapped. */
export interface Contact {
  /** The user whose contact this is. */
  user_id: string;
  /** The other user. */
  contact_id: string;
  /** How user_id stands to contact_id: pending, accepted or blocked (by user_id). */
  status: ContactStatus;
  /** Which of the two asked. */
  requested_by: string;
  /** What user_id calls the other. */
  nickname: string | null;
  /** Time of the request. */
  created_at: Date;
  /** Time the request was accepted. */
  accepted_at: Date | null;
  /** Time user_id blocked the other; there exactly while blocked. */
  blocked_at: Date | null;
}

/** A row to insert into contacts; what may be left out the server fills in. */
export interface NewContact {
  user_id: string;
  contact_id: string;
  status?: ContactStatus;
  requested_by: string;
  nickname?: string | null;
  created_at?: Date;
  accepted_at?: Date | null;
  blocked_at?: Date | null;
}

/** Conversations: direct ones between two people, and groups. */
export interface Chat {
  /** Random id of the chat. */
  id: string;
  /** direct (two people) or group. */
  type: ChatType;
  /** Name of a group; a direct chat has none. */
  name: string | null;
  /** Name for addresses: lower-case words with hyphens; direct-<smaller uuid>-<larger uuid> in a direct chat. */
  slug: string;
  /** What the chat is about. */
  description: string | null;
  /** http or https address of the picture. */
  avatar_url: string | null;
  /** The user who made the chat; missing when that user is gone. The owner is in chat_participants. */
  created_by: string | null;
  /** Time the chat was made. */
  created_at: Date;
  /** Time of the last change of this row, kept by a trigger; a message does not change it. */
  updated_at: Date;
  /** Whether the chat was deleted. */
  is_deleted: boolean;
  /** Time the chat was deleted; there exactly when it was. */
  deleted_at: Date | null;
}

/** A row to insert into chats; what may be left out the server fills in. */
export interface NewChat {
  id?: string;
  type: ChatType;
  name?: string | null;
  slug: string;
  description?: string | null;
  avatar_url?: string | null;
  created_by?: string | null;
  created_at?: Date;
  updated_at?: Date;
  is_deleted?: boolean;
  deleted_at?: Date | null;
}

/** Who is, or was, in which chat. */
export interface ChatParticipant {
  /** The chat. */
  chat_id: string;
  /** The user in it. */
  user_id: string;
  /** owner (at most one a chat), admin or member. */
  role: ChatParticipantRole;
  /** The user who added this one; missing when nobody did, or that user is gone. */
  added_by: string | null;
  /** Time of joining. */
  joined_at: Date;
  /** Time of leaving; missing while active. The row stays. */
  left_at: Date | null;
  /** No notifications before this time. */
  muted_until: Date | null;
  /** Time the user pinned the chat to the top of the list. */
  pinned_at: Date | null;
}

/** A row to insert into chat_participants; what may be left out the server fills in. */
export interface NewChatParticipant {
  chat_id: string;
  user_id: string;
  role?: ChatParticipantRole;
  added_by?: string | null;
  joined_at?: Date;
  left_at?: Date | null;
  muted_until?: Date | null;
  pinned_at?: Date | null;
}

/** What was said in a chat, oldest id first. */
export interface Message {
  /** UUIDv7: sorts by time; may be made by the client, so that a repeated send is stored once. */
  id: string;
  /** The chat it was said in. */
  chat_id: string;
  /** The participant who said it; missing for system messages and when that participant is gone. */
  sender_id: string | null;
  /** The text, at most 10,000 characters; of an image, its caption. */
  content: string;
  /** text, image or system. */
  content_type: MessageContentType;
  /** JSON object for what has no column of its own. */
  metadata: unknown;
  /** The message of the same chat this one answers; missing when that is gone. */
  reply_to_id: string | null;
  /** Whether the sender changed it. */
  is_edited: boolean;
  /** Time of the last change; there exactly when edited. */
  edited_at: Date | null;
  /** Whether it was deleted; the row stays as a place in the history. */
  is_deleted: boolean;
  /** Time of the deletion; there exactly when deleted. */
  deleted_at: Date | null;
  /** The participant who deleted it; missing when that participant is gone. */
  deleted_by: string | null;
  /** Time of sending; the time in the id is at most a day before and a minute after it. */
  created_at: Date;
}

/** A row to insert into messages; what may be left out the server fills in. */
export interface NewMessage {
  id?: string;
  chat_id: string;
  sender_id?: string | null;
  content: string;
  content_type?: MessageContentType;
  metadata?: unknown;
  reply_to_id?: string | null;
  is_edited?: boolean;
  edited_at?: Date | null;
  is_deleted?: boolean;
  deleted_at?: Date | null;
  deleted_by?: string | null;
  created_at?: Date;
}

/** Pictures sent with a message, at most five. */
export interface Attachment {
  /** Random id of the attachment. */
  id: string;
  /** The chat of the message. */
  chat_id: string;
  /** The message it was sent with. */
  message_id: string;
  /** Place within the message, 1 to 5. */
  position: number;
  /** Name of the file as it was uploaded, without a path. */
  file_name: string;
  /** Media type: image/jpeg, image/png, image/gif or image/webp. */
  file_type: AttachmentFileType;
  /** Size in bytes, 1 to 10,485,760 (10 MiB). */
  file_size: number;
  /** Key of the original in the object store. */
  storage_key: string;
  /** Key of the medium-sized copy, once made. */
  medium_key: string | null;
  /** Key of the thumbnail, once made. */
  thumbnail_key: string | null;
  /** Width in pixels; missing together with the height. */
  width: number | null;
  /** Height in pixels; missing together with the width. */
  height: number | null;
  /** BlurHash shown while the picture loads. */
  blurhash: string | null;
  /** SHA-256 of the original, 32 bytes. */
  checksum_sha256: Buffer;
  /** Time of the upload. */
  created_at: Date;
}

/** A row to insert into attachments; what may be left out the server fills in. */
export interface NewAttachment {
  id?: string;
  chat_id: string;
  message_id: string;
  position: number;
  file_name: string;
  file_type: AttachmentFileType;
  file_size: number;
  storage_key: string;
  medium_key?: string | null;
  thumbnail_key?: string | null;
  width?: number | null;
  height?: number | null;
  blurhash?: string | null;
  checksum_sha256: Buffer;
  created_at?: Date;
}

/** Emoji that participants put under a message. */
export interface MessageReaction {
  /** The chat of the message. */
  chat_id: string;
  /** The message. */
  message_id: string;
  /** The participant who reacted. */
  user_id: string;
  /** The emoji, up to 32 characters: skin tones and joiners make one emoji long. */
  emoji: string;
  /** Time of the reaction. */
  created_at: Date;
}

/** A row to insert into message_reactions; what may be left out the server fills in. */
export interface NewMessageReaction {
  chat_id: string;
  message_id: string;
  user_id: string;
  emoji: string;
  created_at?: Date;
}

/** Receipts: one row for each recipient of a message. */
export interface MessageDelivery {
  /** The chat of the message. */
  chat_id: string;
  /** The message. */
  message_id: string;
  /** The recipient. */
  user_id: string;
  /** pending, delivered or read. */
  status: MessageDeliveryStatus;
  /** Time a device of the recipient had it; not before it was sent. */
  delivered_at: Date | null;
  /** Time the recipient read it; not before it was delivered. */
  read_at: Date | null;
  /** Time of sending. */
  created_at: Date;
}

/** A row to insert into message_delivery; what may be left out the server fills in. */
export interface NewMessageDelivery {
  chat_id: string;
  message_id: string;
  user_id: string;
  status?: MessageDeliveryStatus;
  delivered_at?: Date | null;
  read_at?: Date | null;
  created_at?: Date;
}

/** One row for each message a user has not read, deleted when it is read. */
export interface UnreadMessage {
  /** The chat of the message. */
  chat_id: string;
  /** The user who has not read it. */
  user_id: string;
  /** The message. */
  message_id: string;
  /** Time of sending. */
  created_at: Date;
}

/** A row to insert into unread_messages; what may be left out the server fills in. */
export interface NewUnreadMessage {
  chat_id: string;
  user_id: string;
  message_id: string;
  created_at?: Date;
}

/** Logins of users, one a device. */
export interface UserSession {
  /** Random id of the session. */
  id: string;
  /** The user who logged in. */
  user_id: string;
  /** SHA-256 of the session token, 32 bytes; the token itself is never stored. */
  token_hash: Buffer;
  /** What the device calls itself, the same across its logins. */
  device_id: string | null;
  /** web, ios, android or desktop. */
  device_type: UserSessionDeviceType | null;
  /** What the user calls the device. */
  device_name: string | null;
  /** The open connection to the device; unique while the session is active. */
  socket_id: string | null;
  /** Address of the device at its last login. */
  ip_address: string | null;
  /** What the program on the device says of itself. */
  user_agent: string | null;
  /** Whether the session may be used; never true once revoked. */
  is_active: boolean;
  /** Time of the last heartbeat. */
  last_activity_at: Date;
  /** Time of the login. */
  created_at: Date;
  /** Time from which the session is no longer good; after created_at. */
  expires_at: Date;
  /** Time of the logout. */
  revoked_at: Date | null;
  /** The session of the same user that took over when the token was rotated. */
  replaced_by: string | null;
}

/** A row to insert into user_sessions; what may be left out the server fills in. */
export interface NewUserSession {
  id?: string;
  user_id: string;
  token_hash: Buffer;
  device_id?: string | null;
  device_type?: UserSessionDeviceType | null;
  device_name?: string | null;
  socket_id?: string | null;
  ip_address?: string | null;
  user_agent?: string | null;
  is_active?: boolean;
  last_activity_at?: Date;
  created_at?: Date;
  expires_at: Date;
  revoked_at?: Date | null;
  replaced_by?: string | null;
}

/** Each table by its name: what is selected, and what can be inserted. */
export interface Tables {
  users: { row: User; insert: NewUser };
  contacts: { row: Contact; insert: NewContact };
  chats: { row: Chat; insert: NewChat };
  chat_participants: { row: ChatParticipant; insert: NewChatParticipant };
  messages: { row: Message; insert: NewMessage };
  attachments: { row: Attachment; insert: NewAttachment };
  message_reactions: { row: MessageReaction; insert: NewMessageReaction };
  message_delivery: { row: MessageDelivery; insert: NewMessageDelivery };
  unread_messages: { row: UnreadMessage; insert: NewUnreadMessage };
  user_sessions: { row: UserSession; insert: NewUserSession };
}

/** Accepts a request. Safe to repeat. */
export interface AcceptContactParameters {
  user_id: string;
  contact_id: string;
}

export interface AcceptContactRow {
  accepted_at: Date;
}

/** Adds a reaction to a message. Safe to repeat. */
export interface AddReactionParameters {
  chat_id: string;
  user_id: string;
  message_id: string;
  emoji: string;
}

export interface AddReactionRow {
  outcome: string;
}

/** Appoints an owner for a group that has none, after leave_chat or delete_user: the admin who has been in it longest, or else the member who has. Safe to repeat. */
export interface AppointOwnerParameters {
  chat_id: string;
}

export interface AppointOwnerRow {
  user_id: string;
}

/** Returns the files of a page of messages, in their order. */
export interface AttachmentsParameters {
  message_ids: string[];
  chat_id: string;
  user_id: string;
}

export interface AttachmentsRow {
  message_id: string;
  position: number;
  file_name: string;
  file_type: string;
  file_size: number;
  storage_key: string;
  medium_key: string | null;
  thumbnail_key: string | null;
  width: number | null;
  height: number | null;
  blurhash: string | null;
}

/** Logs a device in. Safe to repeat with the same token. */
export interface BeginSessionParameters {
  user_id: string;
  token_hash: Buffer;
  expires_at: Date | string;
  device_id: string | null;
  device_type: string | null;
  device_name: string | null;
  ip_address: string | null;
  user_agent: string | null;
}

export interface BeginSessionRow {
  session_id: string;
}

/** Records the open connection of a device, so that messages reach it. Another session that had this connection loses it. */
export interface BindSocketParameters {
  session_id: string;
  socket_id: string | null;
}

export interface BindSocketRow {
  user_id: string;
}

/** Blocks another user, a contact or not: they can no longer send to the user in their direct chat. Safe to repeat. */
export interface BlockContactParameters {
  user_id: string;
  contact_id: string;
}

export interface BlockContactRow {
  blocked_at: Date;
}

/** Changes a user's password and ends all other sessions, because one of them may belong to somebody who knew the old one. */
export interface ChangePasswordParameters {
  password_hash: string;
  user_id: string;
  session_id: string | null;
}

export interface ChangePasswordRow {
  ended: number;
}

/** Makes a member of a group an admin, or an admin a member. Only the owner can; see transfer_ownership for the owner. */
export interface ChangeRoleParameters {
  role: string;
  chat_id: string;
  member_id: string;
  user_id: string;
}

export interface ChangeRoleRow {
  role: string;
}

/** Returns a page of a user's chats, with last message and unread count: pinned chats first, then by newest message. */
export interface ChatListParameters {
  user_id: string;
  before_is_pinned: boolean;
  before_message_id: string;
  before_chat_id: string;
}

export interface ChatListRow {
  chat_id: string;
  type: string;
  name: string | null;
  slug: string;
  avatar_url: string | null;
  is_pinned: boolean;
  muted_until: Date | null;
  peer_id: string | null;
  message_id: string;
  sender_id: string | null;
  content: string | null;
  content_type: string | null;
  deleted_at: Date | null;
  created_at: Date | null;
  unread: number;
}

/** Deletes a user's unread rows of a chat without marking the messages as read. Receipts that are still pending go too: what never reached the user now never will, and deliver_pending would look at them each time. The others do not change. Run it after leave_chat or remove_member, in the same transaction. */
export interface ClearUnreadParameters {
  user_id: string;
  chat_id: string;
}

export interface ClearUnreadRow {
  forgotten: number;
}

/** Returns the requests that a user has not answered, newest first. */
export interface ContactRequestsParameters {
  user_id: string;
}

export interface ContactRequestsRow {
  contact_id: string;
  username: string;
  display_name: string | null;
  avatar_url: string | null;
  created_at: Date;
}

/** Returns a user's contacts, ordered by the name that is shown. */
export interface ContactsParameters {
  user_id: string;
  status: string;
}

export interface ContactsRow {
  contact_id: string;
  username: string;
  display_name: string | null;
  nickname: string | null;
  avatar_url: string | null;
  status: string;
  last_seen_at: Date | null;
  accepted_at: Date | null;
}

/** Opens the direct chat of two users: creates it if there is none, and lets a user who had left it join again. Two users who do so at the same time get the same chat. */
export interface CreateDirectChatParameters {
  user_id: string;
  other_id: string;
}

export interface CreateDirectChatRow {
  chat_id: string;
  is_new: boolean;
}

/** Creates a group with its owner and its first members. Safe to repeat with the same chat id. */
export interface CreateGroupParameters {
  member_ids: string[];
  user_id: string;
  chat_id: string;
  name: string;
  slug: string | null;
}

export interface CreateGroupRow {
  outcome: string;
  members: string[];
}

/** Deletes a group: nobody can send to it or see it in the list of chats. Only the owner can. Its rows stay until purged. */
export interface DeleteChatParameters {
  chat_id: string;
  user_id: string;
}

export interface DeleteChatRow {
  deleted_at: Date;
}

/** Deletes sessions that expired before a given time, one batch per call. Repeat until fewer than max_sessions are deleted. */
export interface DeleteExpiredSessionsParameters {
  expired_before: Date | string;
  max_sessions: number;
}

export interface DeleteExpiredSessionsRow {
  deleted: number;
}

/** Deletes a message: its text and attachments are removed, its place in the history stays. The sender can do so, and the chat's owner and admins, while active members; membership is checked without a lock (see edit_message). */
export interface DeleteMessageParameters {
  user_id: string;
  chat_id: string;
  message_id: string;
}

export interface DeleteMessageRow {
  deleted_at: Date;
  keys: string[];
}

/** Deletes an account: the user leaves all chats, and all their sessions end. purge_user deletes the rows later. */
export interface DeleteUserParameters {
  user_id: string;
}

export interface DeleteUserRow {
  deleted_at: Date;
  owned_chats: string[];
}

/** Returns a user's undelivered messages, oldest first, and marks them as delivered. Run it when a device connects. What it takes depends on what is pending, not on how much the user has not read. */
export interface DeliverPendingParameters {
  user_id: string;
  max_messages: number;
}

export interface DeliverPendingRow {
  chat_id: string;
  message_id: string;
  sender_id: string | null;
  content: string;
  content_type: string;
  metadata: unknown;
  reply_to_id: string | null;
  edited_at: Date | null;
  deleted_at: Date | null;
  created_at: Date;
  delivered_at: Date;
}

/** Changes the text of a message that is not deleted. Only its sender can, while an active member. Membership is checked without a lock: an edit that began before its sender left can end after it, and writes nothing that the sender could not have written a moment before. */
export interface EditMessageParameters {
  content: string;
  chat_id: string;
  message_id: string;
  user_id: string;
}

export interface EditMessageRow {
  edited_at: Date;
}

/** Records that a device is connected: the last activity of its session, and the time its user was last seen. */
export interface HeartbeatParameters {
  session_id: string;
  status: string;
}

export interface HeartbeatRow {
  last_seen_at: Date;
}

/** Returns the 50 messages of a chat after a given one, oldest first: those that a disconnected device has missed. */
export interface HistoryAfterParameters {
  chat_id: string;
  after_id: string;
  user_id: string;
}

export interface HistoryAfterRow {
  id: string;
  sender_id: string | null;
  content: string;
  content_type: string;
  metadata: unknown;
  reply_to_id: string | null;
  edited_at: Date | null;
  deleted_at: Date | null;
  created_at: Date;
}

/** Returns a page of a chat's history: the 50 messages before a given one, newest first. */
export interface HistoryBeforeParameters {
  chat_id: string;
  before_id: string;
  user_id: string;
}

export interface HistoryBeforeRow {
  id: string;
  sender_id: string | null;
  content: string;
  content_type: string;
  metadata: unknown;
  reply_to_id: string | null;
  edited_at: Date | null;
  deleted_at: Date | null;
  created_at: Date;
}

/** Returns the page of history_before with the senders' names and the messages replied to: everything that a screen shows, in one round trip. */
export interface HistoryWithNamesParameters {
  chat_id: string;
  before_id: string;
  user_id: string;
}

export interface HistoryWithNamesRow {
  id: string;
  sender_id: string | null;
  content: string;
  content_type: string;
  metadata: unknown;
  reply_to_id: string | null;
  edited_at: Date | null;
  deleted_at: Date | null;
  created_at: Date;
  sender_name: string | null;
  sender_avatar_url: string | null;
  reply_sender_id: string | null;
  reply_sender_name: string | null;
  reply_content: string | null;
  reply_content_type: string | null;
}

/** Adds a user to a group of at most 300 members, or lets one who left join again. Run it after lock_group, in the same transaction. */
export interface JoinChatParameters {
  user_id: string;
  chat_id: string;
  added_by: string | null;
}

export interface JoinChatRow {
  joined_at: Date;
}

/** Removes the user from a chat: the row stays, without its role. Run clear_unread after it, in the same transaction: one statement for both would not see the messages that were sent while it waited. */
export interface LeaveChatParameters {
  chat_id: string;
  user_id: string;
}

export interface LeaveChatRow {
  left_at: Date;
  was_owner: boolean;
}

/** Locks a group, so that users join one at a time and its members can be counted. Run join_chat after it, in the same transaction: one statement for both would count the members as of before it waited. */
export interface LockGroupParameters {
  chat_id: string;
}

export interface LockGroupRow {
  chat_id: string;
}

/** Marks a chat as read up to a given message, and deletes the unread rows of those messages. */
export interface MarkReadParameters {
  user_id: string;
  chat_id: string;
  up_to_id: string;
}

export interface MarkReadRow {
  message_id: string;
  read_at: Date;
}

/** Returns the members of a chat, with names and presence: the owner, then admins, then the others, by name. */
export interface MembersParameters {
  chat_id: string;
  user_id: string;
}

export interface MembersRow {
  user_id: string;
  role: string;
  username: string;
  display_name: string | null;
  avatar_url: string | null;
  status: string;
  last_seen_at: Date | null;
  joined_at: Date;
  added_by: string | null;
}

/** Mutes a chat's notifications for a user until a given time. */
export interface MuteChatParameters {
  muted_until: Date | string | null;
  chat_id: string;
  user_id: string;
}

export interface MuteChatRow {
  muted_until: Date | null;
}

/** Pins a chat to the top of a user's list, or unpins it. */
export interface PinChatParameters {
  is_pinned: boolean;
  chat_id: string;
  user_id: string;
}

export interface PinChatRow {
  pinned_at: Date | null;
}

/** Returns the public profile of a user, found by username regardless of case. */
export interface ProfileParameters {
  username: string;
}

export interface ProfileRow {
  user_id: string;
  username: string;
  display_name: string | null;
  bio: string | null;
  avatar_url: string | null;
  status: string;
  last_seen_at: Date | null;
  created_at: Date;
}

/** What others see of several users, by id: the names in a list of chats, or of messages found. Who left is among them, as their chats and messages stay. */
export interface ProfilesParameters {
  user_ids: string[];
}

export interface ProfilesRow {
  user_id: string;
  username: string;
  display_name: string | null;
  avatar_url: string | null;
  status: string;
  last_seen_at: Date | null;
  deleted_at: Date | null;
}

/** Deletes the rows of a deleted user, one batch per call: messages lose their sender; receipts, unread rows and reactions are deleted. The last call deletes the user with all other rows that refer to them. Commit each call by itself. */
export interface PurgeUserParameters {
  user_id: string;
  batch: number;
}

export interface PurgeUserRow {
  messages: number;
  reactions: number;
  receipts: number;
  is_purged: boolean;
}

/** Returns the reactions to a page of messages, counted by emoji. */
export interface ReactionsParameters {
  user_id: string;
  message_ids: string[];
  chat_id: string;
}

export interface ReactionsRow {
  message_id: string;
  emoji: string;
  reactions: number;
  is_mine: boolean;
}

/** Returns the receipts of a message: to whom it was delivered, who has read it, and when. */
export interface ReadReceiptsParameters {
  message_id: string;
  chat_id: string;
  user_id: string;
}

export interface ReadReceiptsRow {
  user_id: string;
  status: string;
  delivered_at: Date | null;
  read_at: Date | null;
}

/** The ticks under a page of messages: how many have got each, and how many have read it. read_receipts says who. */
export interface ReceiptCountsParameters {
  message_ids: string[];
  chat_id: string;
  user_id: string;
}

export interface ReceiptCountsRow {
  message_id: string;
  recipients: number;
  delivered: number;
  read: number;
}

/** Creates an account. No other user can then have the same username, regardless of case. */
export interface RegisterUserParameters {
  username: string;
  password_hash: string;
  display_name: string | null;
}

export interface RegisterUserRow {
  outcome: string;
  user_id: string | null;
  created_at: Date | null;
}

/** Removes a contact, withdraws the user's own request, or declines the other's. Safe to repeat. A block by either of the two remains. */
export interface RemoveContactParameters {
  user_id: string;
  contact_id: string;
}

export interface RemoveContactRow {
  contact_id: string;
  was: string;
}

/** Removes a member from a group. The owner can remove anybody, an admin only plain members. Run clear_unread for the removed member after it, in the same transaction, as after leave_chat. */
export interface RemoveMemberParameters {
  chat_id: string;
  member_id: string;
  user_id: string;
}

export interface RemoveMemberRow {
  left_at: Date;
}

/** Removes a reaction from a message. Safe to repeat; a user who has left the chat can still do so. */
export interface RemoveReactionParameters {
  chat_id: string;
  message_id: string;
  user_id: string;
  emoji: string;
}

export interface RemoveReactionRow {
  message_id: string;
}

/** Asks another user to become a contact, or accepts if that user has asked already. Safe to repeat. */
export interface RequestContactParameters {
  user_id: string;
  contact_id: string;
}

export interface RequestContactRow {
  outcome: string;
}

/** Logs a device out. Safe to repeat. */
export interface RevokeSessionParameters {
  session_id: string;
  user_id: string;
}

export interface RevokeSessionRow {
  session_id: string;
  socket_id: string | null;
}

/** Gives a device a new token: a new session replaces that of the old token, and keeps what is known of the device. */
export interface RotateSessionParameters {
  token_hash: Buffer;
  new_token_hash: Buffer;
  expires_at: Date | string;
}

export interface RotateSessionRow {
  session_id: string;
  user_id: string;
}

/** Searches the messages of all chats in which the user is active, newest first. What was sent since the last vacuum may wait in the index's pending list, which is read too: at most 32 pages, its gin_pending_list_limit of 256 kB. */
export interface SearchParameters {
  words: string;
  user_id: string;
  before_id: string;
}

export interface SearchRow {
  chat_id: string;
  message_id: string;
  sender_id: string | null;
  content: string;
  created_at: Date;
}

/** Sends pictures to a chat, with or without a caption: like send_message, with a row for each file, in one statement. Store the files in the object store first. Safe to repeat with the same message id. */
export interface SendImagesParameters {
  chat_id: string;
  sender_id: string;
  message_id: string | null;
  content: string;
  metadata: string;
  reply_to_id: string | null;
  files: string;
}

export interface SendImagesRow {
  outcome: string;
  message_id: string | null;
  created_at: Date | null;
  recipients: string[];
}

/** Sends a message to a chat: stores the message, and a receipt and an unread row for each other active member, in one round trip. Safe to repeat with the same message id. */
export interface SendMessageParameters {
  chat_id: string;
  sender_id: string;
  message_id: string | null;
  content: string;
  content_type: string;
  metadata: string;
  reply_to_id: string | null;
}

export interface SendMessageRow {
  outcome: string;
  message_id: string | null;
  created_at: Date | null;
  recipients: string[];
}

/** Stores a notice without a sender in a chat, such as that a user joined, with a receipt and an unread row for each active member. Safe to repeat with the same message id. */
export interface SendSystemMessageParameters {
  chat_id: string;
  message_id: string | null;
  content: string;
  metadata: string;
}

export interface SendSystemMessageRow {
  outcome: string;
  message_id: string | null;
  created_at: Date | null;
  recipients: string[];
}

/** Returns the session and user of a token, if it is active and has not expired, and the user is not deleted. */
export interface SessionByTokenParameters {
  token_hash: Buffer;
}

export interface SessionByTokenRow {
  session_id: string;
  user_id: string;
  username: string;
  device_type: string | null;
  expires_at: Date;
}

/** Returns a user's devices that are logged in, most recently used first. */
export interface SessionsParameters {
  user_id: string;
}

export interface SessionsRow {
  session_id: string;
  device_type: string | null;
  device_name: string | null;
  ip_address: string | null;
  last_activity_at: Date;
  created_at: Date;
  expires_at: Date;
}

/** Sets the user's own name for a contact. */
export interface SetNicknameParameters {
  nickname: string | null;
  user_id: string;
  contact_id: string;
}

export interface SetNicknameRow {
  contact_id: string;
}

/** Transfers a group: another member becomes its owner, and the owner becomes an admin. */
export interface TransferOwnershipParameters {
  chat_id: string;
  user_id: string;
  member_id: string;
}

export interface TransferOwnershipRow {
  chat_id: string;
}

/** Unblocks a user: a former contact is a contact again; for others, the rows are deleted. Safe to repeat. */
export interface UnblockContactParameters {
  user_id: string;
  contact_id: string;
}

export interface UnblockContactRow {
  status: string;
}

/** Returns the number of messages of a chat that a user has not read. */
export interface UnreadCountParameters {
  user_id: string;
  chat_id: string;
}

export interface UnreadCountRow {
  unread: number;
}

/** Returns the number of a user's unread messages, and of the chats that have any, for the application's icon. */
export interface UnreadTotalParameters {
  user_id: string;
}

export interface UnreadTotalRow {
  unread: number;
  chats: number;
}

/** Changes the name, description and avatar of a group. Only its owner and admins can. All three are written: NULL removes a value, except the name, which a group must have. */
export interface UpdateGroupParameters {
  name: string;
  description: string | null;
  avatar_url: string | null;
  chat_id: string;
  user_id: string;
}

export interface UpdateGroupRow {
  updated_at: Date;
}

/** Changes the public profile of a user. All three values are written: NULL removes a value. */
export interface UpdateProfileParameters {
  display_name: string | null;
  bio: string | null;
  avatar_url: string | null;
  user_id: string;
}

export interface UpdateProfileRow {
  updated_at: Date;
}

/** Returns the user of a username, regardless of case, with the hash that the password must match at login. */
export interface UserByUsernameParameters {
  username: string;
}

export interface UserByUsernameRow {
  user_id: string;
  username: string;
  password_hash: string;
}

/** Returns the users who were deleted before a given time, oldest deletion first. purge_user deletes their rows. */
export interface UsersToPurgeParameters {
  deleted_before: Date | string;
  max_users: number;
}

export interface UsersToPurgeRow {
  user_id: string;
  deleted_at: Date;
}

/** Each hot path by its name; isOneRow: it returns one row at most. */
export interface HotPaths {
  accept_contact: { parameters: AcceptContactParameters; row: AcceptContactRow; isOneRow: true };
  add_reaction: { parameters: AddReactionParameters; row: AddReactionRow; isOneRow: true };
  appoint_owner: { parameters: AppointOwnerParameters; row: AppointOwnerRow; isOneRow: true };
  attachments: { parameters: AttachmentsParameters; row: AttachmentsRow; isOneRow: false };
  begin_session: { parameters: BeginSessionParameters; row: BeginSessionRow; isOneRow: true };
  bind_socket: { parameters: BindSocketParameters; row: BindSocketRow; isOneRow: true };
  block_contact: { parameters: BlockContactParameters; row: BlockContactRow; isOneRow: true };
  change_password: { parameters: ChangePasswordParameters; row: ChangePasswordRow; isOneRow: true };
  change_role: { parameters: ChangeRoleParameters; row: ChangeRoleRow; isOneRow: true };
  chat_list: { parameters: ChatListParameters; row: ChatListRow; isOneRow: false };
  clear_unread: { parameters: ClearUnreadParameters; row: ClearUnreadRow; isOneRow: true };
  contact_requests: { parameters: ContactRequestsParameters; row: ContactRequestsRow; isOneRow: false };
  contacts: { parameters: ContactsParameters; row: ContactsRow; isOneRow: false };
  create_direct_chat: { parameters: CreateDirectChatParameters; row: CreateDirectChatRow; isOneRow: true };
  create_group: { parameters: CreateGroupParameters; row: CreateGroupRow; isOneRow: true };
  delete_chat: { parameters: DeleteChatParameters; row: DeleteChatRow; isOneRow: true };
  delete_expired_sessions: { parameters: DeleteExpiredSessionsParameters; row: DeleteExpiredSessionsRow; isOneRow: true };
  delete_message: { parameters: DeleteMessageParameters; row: DeleteMessageRow; isOneRow: true };
  delete_user: { parameters: DeleteUserParameters; row: DeleteUserRow; isOneRow: true };
  deliver_pending: { parameters: DeliverPendingParameters; row: DeliverPendingRow; isOneRow: false };
  edit_message: { parameters: EditMessageParameters; row: EditMessageRow; isOneRow: true };
  heartbeat: { parameters: HeartbeatParameters; row: HeartbeatRow; isOneRow: true };
  history_after: { parameters: HistoryAfterParameters; row: HistoryAfterRow; isOneRow: false };
  history_before: { parameters: HistoryBeforeParameters; row: HistoryBeforeRow; isOneRow: false };
  history_with_names: { parameters: HistoryWithNamesParameters; row: HistoryWithNamesRow; isOneRow: false };
  join_chat: { parameters: JoinChatParameters; row: JoinChatRow; isOneRow: true };
  leave_chat: { parameters: LeaveChatParameters; row: LeaveChatRow; isOneRow: true };
  lock_group: { parameters: LockGroupParameters; row: LockGroupRow; isOneRow: true };
  mark_read: { parameters: MarkReadParameters; row: MarkReadRow; isOneRow: false };
  members: { parameters: MembersParameters; row: MembersRow; isOneRow: false };
  mute_chat: { parameters: MuteChatParameters; row: MuteChatRow; isOneRow: true };
  pin_chat: { parameters: PinChatParameters; row: PinChatRow; isOneRow: true };
  profile: { parameters: ProfileParameters; row: ProfileRow; isOneRow: true };
  profiles: { parameters: ProfilesParameters; row: ProfilesRow; isOneRow: false };
  purge_user: { parameters: PurgeUserParameters; row: PurgeUserRow; isOneRow: true };
  reactions: { parameters: ReactionsParameters; row: ReactionsRow; isOneRow: false };
  read_receipts: { parameters: ReadReceiptsParameters; row: ReadReceiptsRow; isOneRow: false };
  receipt_counts: { parameters: ReceiptCountsParameters; row: ReceiptCountsRow; isOneRow: false };
  register_user: { parameters: RegisterUserParameters; row: RegisterUserRow; isOneRow: true };
  remove_contact: { parameters: RemoveContactParameters; row: RemoveContactRow; isOneRow: true };
  remove_member: { parameters: RemoveMemberParameters; row: RemoveMemberRow; isOneRow: true };
  remove_reaction: { parameters: RemoveReactionParameters; row: RemoveReactionRow; isOneRow: true };
  request_contact: { parameters: RequestContactParameters; row: RequestContactRow; isOneRow: true };
  revoke_session: { parameters: RevokeSessionParameters; row: RevokeSessionRow; isOneRow: true };
  rotate_session: { parameters: RotateSessionParameters; row: RotateSessionRow; isOneRow: true };
  search: { parameters: SearchParameters; row: SearchRow; isOneRow: false };
  send_images: { parameters: SendImagesParameters; row: SendImagesRow; isOneRow: true };
  send_message: { parameters: SendMessageParameters; row: SendMessageRow; isOneRow: true };
  send_system_message: { parameters: SendSystemMessageParameters; row: SendSystemMessageRow; isOneRow: true };
  session_by_token: { parameters: SessionByTokenParameters; row: SessionByTokenRow; isOneRow: true };
  sessions: { parameters: SessionsParameters; row: SessionsRow; isOneRow: false };
  set_nickname: { parameters: SetNicknameParameters; row: SetNicknameRow; isOneRow: true };
  transfer_ownership: { parameters: TransferOwnershipParameters; row: TransferOwnershipRow; isOneRow: true };
  unblock_contact: { parameters: UnblockContactParameters; row: UnblockContactRow; isOneRow: true };
  unread_count: { parameters: UnreadCountParameters; row: UnreadCountRow; isOneRow: true };
  unread_total: { parameters: UnreadTotalParameters; row: UnreadTotalRow; isOneRow: true };
  update_group: { parameters: UpdateGroupParameters; row: UpdateGroupRow; isOneRow: true };
  update_profile: { parameters: UpdateProfileParameters; row: UpdateProfileRow; isOneRow: true };
  user_by_username: { parameters: UserByUsernameParameters; row: UserByUsernameRow; isOneRow: true };
  users_to_purge: { parameters: UsersToPurgeParameters; row: UsersToPurgeRow; isOneRow: false };
}
