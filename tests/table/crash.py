"""A player of games who is killed in the middle of his acts. Run by `test_kill`: ``python -m tests.table.crash DIR N``.

Forks a child for each of N games; the child plays act after act and says so on a pipe when each has returned; it is
killed (signal 9) after a random while, or after a random number of steps of the database's own machine, in the middle
of an act. Prints, as JSON, what each child had said, and where it was cut.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from wargame.table.game import Game


def act(game: Game, k: int) -> None:
    """The k-th act of a game: every third is a turn."""
    if k % 3 == 2:
        game.commit()
    elif k % 3 == 1:
        game.message("RED", ["BLU"], f"message {k}")
    else:
        game.note(f"note {k}")


def play(path: Path, setup: object, out: int, steps: int) -> None:
    """The child: acts until it is killed; after `steps` steps of the database, if that is not 0, by itself."""
    game = Game.open(path)
    game.__dict__["setup"] = setup
    if steps:
        left = iter(range(steps))

        def step() -> int:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return 0

        game.store._db.set_progress_handler(step, 1)
    for k in range(1_000_000):
        act(game, k)
        os.write(out, b"%d\n" % k)


def kill_one(template: Path, path: Path, setup: object, luck: random.Random) -> dict[str, object]:
    """One game, one child, one kill; returns how many acts it had said were done."""
    path.write_bytes(template.read_bytes())
    steps = luck.randrange(50, 1500) if luck.random() < 0.5 else 0
    came, goes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(came)
        try:
            play(path, setup, goes, steps)
        finally:
            os._exit(3)
    os.close(goes)
    if not steps:
        time.sleep(luck.random() * 0.15)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(came) as said:
        done = len(said.read().split())
    return {"file": str(path), "done": done, "killed": os.WIFSIGNALED(status), "steps": steps}


def main() -> None:
    """The parent."""
    folder, count, template = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    with Game.open(template) as game:
        setup = game.setup
        game.commit()  # everything that is loaded late is loaded now
    template = Path(sys.argv[4])
    luck = random.Random(20260501)
    print(json.dumps([kill_one(template, folder / f"{k}.game", setup, luck) for k in range(count)]))  # noqa: T201


if __name__ == "__main__":
    main()
