"""The labs: a prediction, an action on a real server, what its loop did, and an assertion on that.

``run.py`` lists and runs them; ``lab`` says what a lab is, ``stage`` has the
server and the people, ``faults`` the servers that do it wrong.
"""
