"""The client: for a person at a terminal, and for a script between pipes."""
