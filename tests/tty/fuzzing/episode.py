"""One seed: a person acts, reads cut the bytes anywhere, the model judges."""

from __future__ import annotations

import random
from typing import FrozenSet, Optional, Tuple

from tests.tty.fuzzing.acts import ACTS, Act, answer
from tests.tty.fuzzing.cooked import check_cooked
from tests.tty.fuzzing.cuts import check_cuts
from tests.tty.fuzzing.keyboard import Keyboard

MOST_ACTS = 40
SEEDS_A_CUT = 4  # one seed in this many also compares whole reads with small ones, and types whole lines
ANSWERS = 0.7  # how often a question is answered before anything else is done


class Episode:
    """A person, with habits drawn for this seed, and a console."""

    def __init__(self, seed: int, left_out: FrozenSet[int] = frozenset()) -> None:
        """``left_out`` are acts that are not done; the others stay as they are."""
        self._seed = seed
        self._left_out = left_out
        self.chance = random.Random(seed)
        self._acts = self.chance.randint(3, MOST_ACTS)
        self._weights = [weight * self.chance.choice((0, 1, 1, 4)) for weight in ACTS.values()]
        self._weights[0] += 1
        self.keyboard = Keyboard(self.chance)

    def run(self) -> None:
        """Act until the end of the seed; raise Violation."""
        for number in range(self._acts):
            self.chance.seed(self._seed * 1000 + number)  # so that an act is the same if others are left out
            act = self.chance.choices(list(ACTS), self._weights)[0]
            if number not in self._left_out:
                self._act(act)
        self.keyboard.flush()
        if self._seed % SEEDS_A_CUT == 0:
            self.chance.seed(self._seed)
            check_cuts(self.chance)
            check_cooked(self.chance)

    def _act(self, act: Act) -> None:
        if self.keyboard.model.is_yes_or_no and self.chance.random() < ANSWERS:
            act = answer
        self.keyboard.counts[act.__name__] += 1
        act(self.keyboard)
        if self.chance.random() >= self.keyboard.joins:
            self.keyboard.flush()


def run_seed(seed: int, left_out: FrozenSet[int] = frozenset()) -> Tuple[Episode, Optional[BaseException]]:
    """Run one seed; return its episode, and the error, if there was one."""
    episode = Episode(seed, left_out)
    try:
        episode.run()
    except Exception as error:
        return episode, error
    return episode, None


def shrink(seed: int) -> FrozenSet[int]:
    """Return the acts of a failing seed that can be left out one after the other; it fails without them."""
    left_out: FrozenSet[int] = frozenset()
    for number in range(MOST_ACTS):
        if run_seed(seed, left_out | {number})[1] is not None:
            left_out |= {number}
    return left_out
