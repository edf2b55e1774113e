"""The keyboard and the screen of the person at the client."""
