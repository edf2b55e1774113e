"""Tests of the chat: no socket, no thread, no sleep."""
