"""The chat for browsers: HTTP and WebSocket on the same reactor; loaded only with --web."""
