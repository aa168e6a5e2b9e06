"""The columns that only the application reads: they let somebody act as a user, or tell where the user is.

The one list of them, for all that shows rows to people or sends them elsewhere.
"""

SECRET_COLUMNS = {
    "users": ("password_hash",),
    # A socket's id is all that some servers ask of a client that connects again.
    "user_sessions": ("token_hash", "socket_id", "ip_address", "user_agent"),
}
