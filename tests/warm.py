"""Commands in forks of one process that has imported what they need: a start takes milliseconds.

`python warm.py serve SOCKET` listens; `python warm.py run SOCKET PROGRAM WORDS…` has PROGRAM run
with this process's folder, environment and streams, and ends as it ends. Torch, Lightning and
MLflow take twelve seconds of CPU to import, and a how-to has dozens of commands.
"""

import array
import json
import os
import socket
import sys
from pathlib import Path

PROGRAMS = {"deepclaims": "deepclaims.cli", "dvc": "dvc.cli", "python": "__main__"}
IMPORTED = (
    "torch", "pytorch_lightning", "pandas", "scipy.stats", "mlflow", "mlflow.data",
    "mlflow.store.tracking.sqlalchemy_store", "hydra", "dvc.cli", "dvc.repo.reproduce",
    "deepclaims.cli", "deepclaims.pipeline.train", "deepclaims.pipeline.runs",
    "deepclaims.pipeline.measure", "deepclaims.pipeline.judge", "deepclaims.pipeline.publish",
    "deepclaims.sweep.worker", "deepclaims.sweep.table", "deepclaims.tracking.store",
    "deepclaims.training.task", "deepclaims.training.replicas", "deepclaims.training.foresight",
    "deepclaims.training.own_task", "deepclaims.training.kept",
)  # fmt: skip
TASKS = ("deepclaims.training.task:train", "deepclaims.training.replicas:train_in_stack")


def run(address, program, words):
    """Have a program run elsewhere; its exit code."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(address)
        asked = json.dumps([program, words, str(Path.cwd()), dict(os.environ)]).encode()
        link.sendmsg(
            [len(asked).to_bytes(8, "big")],
            [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))],
        )
        link.sendall(asked)
        answer = link.recv(4)
    return int.from_bytes(answer, "big") if answer else 70


def serve(address):
    """Answer until killed, or until what started this has ended."""
    import importlib
    import signal

    for module in IMPORTED:
        importlib.import_module(module)
    sys.modules["deepclaims.sweep.fingerprint"].symbol_hashes(TASKS, {})  # what it reads is kept
    _share_a_fork_server()
    parent = os.getppid()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        listening.settimeout(5)
        signal.signal(signal.SIGCHLD, lambda *_: _reap())
        while os.getppid() == parent:
            try:
                link, _ = listening.accept()
            except TimeoutError:
                continue
            if not os.fork():
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _answer(link)
            link.close()


def _reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def main():
    """What `python -` does: run the program on the standard input."""
    sys.path.insert(0, "")
    exec(compile(sys.stdin.read(), "<stdin>", "exec"), {"__name__": "__main__"})


def _share_a_fork_server():
    """The server that a sweep's workers are forked from is started once, for every command."""
    from multiprocessing import forkserver, resource_tracker

    from deepclaims.sweep.executors.local import warm_up

    warm_up(TASKS)
    resource_tracker.ensure_running()
    forkserver._forkserver.ensure_running = lambda: None  # it is no child of a fork
    forkserver.ensure_running = forkserver._forkserver.ensure_running


def _answer(link):
    head, rights, *_ = link.recvmsg(8, socket.CMSG_SPACE(12))
    files = array.array("i", rights[0][2])
    size, asked = int.from_bytes(head, "big"), b""
    while len(asked) < size:
        asked += link.recv(size - len(asked))
    program, words, folder, environment = json.loads(asked)
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [program, *words]
    code = _ended(PROGRAMS[program])
    link.sendall((code & 0xFF).to_bytes(4, "big"))
    os._exit(code & 0xFF)


def _ended(module):
    """Run a module's `main`; its exit code, when all that an exit waits for is done."""
    import atexit
    import threading
    import traceback

    try:
        code = sys.modules[module].main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int | None) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code or 0


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        sys.exit(run(sys.argv[2], sys.argv[3], sys.argv[4:]))
