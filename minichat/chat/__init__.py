"""The chat: who is in and what is said.  These modules have never seen a socket."""
