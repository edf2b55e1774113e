"""Scripts that wait, many of them at the same time, in one thread and on one reactor.

A script is a generator.  It yields a Wait and goes on when the condition of that
wait is true, or when its time is over; ``yield`` returns which of the two it was.
Between two waits nothing else runs, so a script needs no lock.
"""

from __future__ import annotations

from typing import Any, Callable, Generator, List, NamedTuple, Optional, TypeVar

from minichat.net.reactor import Reactor
from minichat.net.timers import Timer

LOOK_SECONDS = 0.03  # between two looks of ``watch``

Condition = Callable[[], object]


class Wait(NamedTuple):
    """What a script waits for, and how long at most."""

    condition: Condition
    seconds: float


Result = TypeVar("Result")
Steps = Generator[Wait, bool, Result]  # the type of a script that returns a Result


def until(condition: Condition, seconds: float) -> Steps[bool]:
    """Wait for ``condition``; return False if it did not come true in time."""
    if condition():
        return True
    return (yield Wait(condition, seconds))


def pause(seconds: float) -> Steps[None]:
    """Let ``seconds`` pass."""
    yield Wait(lambda: False, seconds)


def watch(condition: Condition, seconds: float) -> Steps[bool]:
    """Wait for a ``condition`` that no event of the reactor tells: look at it again and again."""
    for _ in range(max(1, round(seconds / LOOK_SECONDS))):
        if condition():
            return True
        yield from pause(LOOK_SECONDS)
    return bool(condition())


class Task:
    """A script under way."""

    def __init__(self, steps: Steps[Any]) -> None:
        self.steps = steps
        self.wait: Optional[Wait] = None
        self.timer: Optional[Timer] = None
        self.is_over = False  # the time of its wait
        self.is_done = False
        self.value: Any = None  # what the script returned
        self.error: Optional[BaseException] = None  # or what it raised

    def result(self) -> Any:
        """Return what the script returned; raise what it raised."""
        if self.error is not None:
            raise self.error
        return self.value


class Play:
    """All scripts of one reactor."""

    def __init__(self, reactor: Reactor) -> None:
        """Look at the waits at the end of each turn of ``reactor``."""
        self.reactor = reactor
        self._tasks: List[Task] = []
        reactor.at_turn_end(self._look)

    def spawn(self, steps: Steps[Any]) -> Task:
        """Start a script; it runs up to its first wait at once."""
        task = Task(steps)
        self._tasks.append(task)
        self._go_on(task, None)
        return task

    def all_of(self, scripts: List[Steps[Any]], seconds: float) -> Steps[List[Task]]:
        """Run ``scripts`` side by side; stop those that are not over after ``seconds``."""
        tasks = [self.spawn(steps) for steps in scripts]
        try:
            yield from until(lambda: all(task.is_done for task in tasks), seconds)
        finally:
            for task in tasks:
                self.stop(task)
        return tasks

    def stop(self, task: Task) -> None:
        """End a script that is under way; its ``finally`` clauses run."""
        if not task.is_done:
            task.error = TimeoutError("this took too long")
            self._end(task)
            try:
                task.steps.close()
            except RuntimeError:  # it would wait for something while it ends; whoever stops it does not
                pass

    def run(self, steps: Steps[Result]) -> Result:
        """Run one script to its end, and with it the reactor; return what it returns."""
        task = self.spawn(steps)
        try:
            while not task.is_done:
                self.reactor.run_once()
        finally:
            for other in list(self._tasks):
                self.stop(other)
        result: Result = task.result()
        return result

    def _look(self) -> bool:
        """Let each script go on whose wait is over; True if one did, for others may wait for what it does."""
        has_moved = False
        for task in list(self._tasks):
            if task.is_done or task.wait is None:
                continue
            came = bool(task.wait.condition())
            if came or task.is_over:
                has_moved = True
                self._go_on(task, came)
        return has_moved

    def _go_on(self, task: Task, came: Optional[bool]) -> None:
        if task.timer is not None:
            task.timer.cancel()
        task.is_over, task.wait = False, None
        try:
            task.wait = task.steps.send(came)  # type: ignore[arg-type]
        except StopIteration as end:
            task.value = end.value
            self._end(task)
        except Exception as error:
            task.error = error
            self._end(task)
        else:
            task.timer = self.reactor.call_later(task.wait.seconds, lambda: self._ring(task))

    def _ring(self, task: Task) -> None:
        task.is_over = True

    def _end(self, task: Task) -> None:
        task.is_done = True
        if task.timer is not None:
            task.timer.cancel()
        if task in self._tasks:
            self._tasks.remove(task)
