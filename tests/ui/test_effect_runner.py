"""Effects in workers: nothing of them stays behind, and no file is lost when the window closes."""

from __future__ import annotations

import gc
import threading
import weakref

from nvmeviz.app.effects import SaveText
from nvmeviz.app.messages import Failed, SaveRecipe
from nvmeviz.app.recipe_choice import RecipeChoice
from nvmeviz.ui import effect_runner
from nvmeviz.ui.application import Session
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


class _Slow:
    """What writes while the window is closed: `perform` waits until the runner has been told to."""

    def __init__(self, monkeypatch) -> None:
        self.closing, self.written = threading.Event(), []
        monkeypatch.setattr(effect_runner, "perform", self)

    def __call__(self, effect, tell):
        assert self.closing.wait(60)
        self.written.append(effect.path)
        return Failed(f"not saved: {effect.path}")


def test_closing_waits_for_all_files_and_hears_of_them(qtbot, monkeypatch):
    slow, runner, heard = _Slow(monkeypatch), EffectRunner(), []
    runner.replied.connect(heard.append)
    paths = [f"{number}.txt" for number in range(5)]
    for path in paths:
        runner.run(SaveText(path, ""))
    threading.Timer(0.1, slow.closing.set).start()  # most are still waiting for their turn
    runner.close()
    assert slow.written == paths
    assert heard == [Failed(f"not saved: {path}") for path in paths]


def test_a_file_that_could_not_be_written_after_the_window_was_closed_is_told_of(qtbot, capsys):
    session = Session("first-steps")
    qtbot.addWidget(session.window)
    session.store.dispatch(SaveRecipe("/no/such/folder/x.sh", RecipeChoice()))
    session.close()
    said = capsys.readouterr().err
    assert said.startswith("nvmeviz: The file was not saved: No such file or directory.")
