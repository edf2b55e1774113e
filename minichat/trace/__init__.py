"""Watching the loop: a record of what a reactor does, with every byte accounted for.

A trace is a file of JSON Lines: a header, then one event on each line.
``watched`` has the classes that are watched and ``recorder`` makes the events;
``schema`` says what each event holds.  ``check`` finds out whether a trace is
consistent, ``view`` shows it to people, and ``chrome`` exports it to a trace viewer.
"""
