"""Servers that scripts/grade.py is tried on: a correct one, its dialects, and many with one fault each.

    python3 tests/scripts/graded/faulty.py NAME [PORT]      any of them; without PORT the kernel chooses one
    python3 tests/scripts/graded/correct.py [PORT]          the correct one; without PORT it takes its constant

`correct` is whole in one file, as students hand it in: a copy of it with another
PORT is a server with a constant port.  All the others change one thing of it:

* `faults_of_lines`, `faults_of_rules`, `faults_of_life`: the faults, by what they break
* `dialects`: correct servers that speak otherwise
* `starts`: correct servers that are started or ended in odd ways, and programs that are no servers
* `table`: FAULTS, MAY, DIALECTS, ODD and UNGRADABLE, which say what is right about each

FAULTS[name] are the cases that must fail, MAY[name] those that also fail, or do
not apply, depending on how a case is played; every other case must pass.
DIALECTS[name] says how a server must be spoken to, and which verdicts are
"wording" or "na".  ODD are correct servers; UNGRADABLE cannot be graded.
"""
