"""A person and a terminal that type at random, and a model that says which lines may go out.

    person.py    what a person does and what a terminal reports, as bytes and as a meaning
    model.py     what may go out after that, much simpler than the code under test
    seat.py      the console under test, with a fake clock, a fake screen and a client that writes down what it gets
    episode.py   one seed: the person acts, reads cut the bytes anywhere, the model judges
    bugs.py      mistakes to plant, one at a time: the proof that the model can fail
"""
