"""Effects in workers: nothing of them stays behind."""

from __future__ import annotations

import gc
import weakref

from nvmeviz.ui import effect_runner
from nvmeviz.ui.effect_runner import EffectRunner


class _Effect:
    """Something for a worker."""

    inline = False


def test_what_a_worker_has_done_is_let_go(qtbot, monkeypatch):
    monkeypatch.setattr(effect_runner, "perform", lambda effect, tell: "done")
    runner, done, known = EffectRunner(), [], []
    runner.replied.connect(done.append)

    def run() -> None:
        effect = _Effect()
        known.append(weakref.ref(effect))
        runner.run(effect)  # pyright: ignore[reportArgumentType]

    for _ in range(2000):
        run()
    qtbot.waitUntil(lambda: len(done) == 2000)
    runner.close()
    gc.collect()
    assert sum(effect() is not None for effect in known) == 0
