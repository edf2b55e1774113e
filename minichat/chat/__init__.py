"""The chat: who is in and what is said.  This room has never seen a socket."""
