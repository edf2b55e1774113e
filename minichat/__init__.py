"""minichat: a multi-user TCP chat on a hand-written reactor.

The README explains the whole program; its reading order says where to begin.
"""

__version__ = "1.0.0"
