"""A person and a terminal that type at random, and a model that says which lines may go out.

    person.py     the bytes of keys, reports, mouse events and pastes
    acts.py       what a person, a terminal and a client do: bytes, and what they mean
    model.py      what may go out after that, much simpler than the code under test
    keyboard.py   reads that end anywhere, silences in the middle of a key
    seat.py       the console under test, with a fake clock, a fake screen and a client that writes down what it gets
    episode.py    one seed: acts in any order, judged after each read
    cuts.py       the same bytes in other pieces do the same, and what is kept is bounded
    cooked.py     the console of whole lines
    bugs.py       mistakes to plant, one at a time: the proof that the model can fail
"""
