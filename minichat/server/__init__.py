"""The server: one room and its connections, from the options to the last goodbye."""
