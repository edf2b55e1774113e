"""The simulator: the real server in a world where everything goes wrong.

One thread, one seed.  The server is the real one, unchanged.  Its selector,
sockets, clock, descriptors and signals are those of a small kernel in Python that
does the worst that a kernel may do.  ``python3 -m tests.simulation`` runs it; the
same seed always gives the same run.

    kernel.py    sockets with buffers, descriptors, the selector, the clock
    faults.py    what goes wrong, how often, and how often it did
    client.py    people who talk, stop reading, reset, vanish and come back
    telnet.py    what telnet programs put between the lines
    world.py     one seed from its first turn to its last
    oracle.py    what must hold after every turn, and at the end
    bugs.py      bugs planted one at a time: the proof that the oracle can fail
"""
