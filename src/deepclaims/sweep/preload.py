"""What the fork server imports before the workers: only what the code they run imports.

Torch and Lightning take it five seconds, in which nothing is measured. A claim whose tasks need no
network does not wait for them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache

from deepclaims.sweep.source import PACKAGE, file_of, source_of

TRAINING = ("torch", "pytorch_lightning", "pandas", "deepclaims.training.replicas")
ALWAYS = ("numpy", "deepclaims.sweep.worker")
LIBRARIES = ("torch", "pytorch_lightning")


def preload(tasks: Iterable[str]) -> tuple[str, ...]:
    """The modules to import once for workers that run these tasks.

    Args:
        tasks: each as `module:function`.
    """
    modules = {task.partition(":")[0] for task in tasks}
    return TRAINING if any(map(_trains, modules)) else ALWAYS


@cache
def _trains(module: str) -> bool:
    """Whether a module imports torch or Lightning, or what it imports of the package does."""
    pending, seen = [module], {module}
    while pending:
        file = file_of(pending.pop())
        if file is None:  # none that can be read: it may import anything
            return True
        imported = set(_imports(ast.parse(source_of(file))))
        if any(name.split(".")[0] in LIBRARIES for name in imported):
            return True
        inside = {name for name in imported if name.split(".")[0] == PACKAGE and file_of(name)}
        pending += inside - seen
        seen |= inside
    return False


def _imports(tree: ast.Module) -> Iterable[str]:
    """The dotted names of the modules that code imports, wherever it does; of some more, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
