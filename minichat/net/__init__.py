"""Sockets and bytes.  This room has never heard of a chat."""
