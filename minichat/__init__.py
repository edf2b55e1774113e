"""minichat: a multi-user TCP chat on a hand-written reactor.

The README tells the whole story; its reading order says where to begin.
"""

__version__ = "1.0.0"
