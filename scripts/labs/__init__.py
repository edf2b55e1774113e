"""The labs: a prediction, an action on a real server, what its loop did, and a check of that.

``run.py`` lists and runs the labs.  ``lab`` says what a lab is, ``stage`` has the
server and the people, ``faults`` has servers with one mistake each.
"""
