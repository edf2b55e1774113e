"""Watching the loop: a record of what a reactor does, with every byte accounted for.

A trace is a file of JSON Lines: a header, then one event a line.  ``schema``
says what each holds, ``recorder`` makes it, ``check`` proves that it is
consistent, ``view`` shows it to people, ``chrome`` to a trace viewer.
"""
