"""The lessons, one module each: its texts, its play, what may be changed, and where minichat does it."""

from __future__ import annotations

from typing import Dict

from labs.lab import Lab
from labs.lessons import (
    across_the_border,
    address_in_use,
    client_loop,
    connect_before_accept,
    do_not_block,
    friends,
    glued_lines,
    half_a_line,
    hot_loop,
    in_frames,
    partial_send,
    sleepy_reader,
    ways_to_leave,
)

_MODULES = (
    half_a_line, glued_lines, partial_send, hot_loop, sleepy_reader, do_not_block, connect_before_accept,
    ways_to_leave, across_the_border, client_loop, address_in_use, friends, in_frames,
)  # fmt: skip
LABS: Dict[int, Lab] = {module.LAB.number: module.LAB for module in _MODULES}
