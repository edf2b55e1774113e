"""The names of the two programs, and what a person types to start one of them.

From a checkout that is ``python3 -m minichat.client``; installed it is
``minichat-client``.  A text that names a program must name it so that the person
who reads it can type it.
"""

from __future__ import annotations

import sys
from typing import Mapping

SERVER, CLIENT = "minichat-server", "minichat-client"
MODULES = {SERVER: "minichat.server", CLIENT: "minichat.client"}


def typed(program: str, modules: Mapping[str, object] = sys.modules, platform: str = sys.platform) -> str:
    """Return what starts ``program``, SERVER or CLIENT, in the way in which this process was started."""
    # Only ``python3 -m`` leaves a spec that names the module; a console script has none.
    spec = getattr(modules.get("__main__"), "__spec__", None)
    if spec is None or spec.name.partition(".")[0] != "minichat":
        return program
    return f"{'py' if platform == 'win32' else 'python3'} -m {MODULES[program]}"
