"""Learning rates by a schedule of torch, or one's own.

A scheduler of torch (a subclass of `LRScheduler`) is stepped after the optimiser: at the end of
each epoch, or after every step with `interval: step`, as Lightning has it; `ReduceLROnPlateau` at
each validation, of `monitor`. Anything else that `schedule._target_` names is called with the
group's options and gives a schedule like the package's: a function `optim.schedules.Moment` ->
factor on the rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from deepclaims.errors import ConfigError
from deepclaims.optim.schedules import Moment, schedule_factors
from deepclaims.training.minibatches import Plan
from deepclaims.training.own_parts import gives
from deepclaims.training.targets import TARGET, is_own, make

RESERVED = ("interval", "monitor")
INTERVALS = ("epoch", "step")
STEPS, EPOCHS = "steps", "epochs"
"""Values that stand for how many there will be, e.g. `T_max: epochs`, `total_steps: steps`."""

MONITOR = "validation_loss"


class Rates:
    """A scheduler of torch that goes with an optimiser.

    Args:
        scheduler: made for that optimiser.
        every: the optimiser's steps between two of its own; 0: only when it is told a score.
        monitor: the score that it is told.
    """

    def __init__(self, scheduler: Any, every: int, monitor: str) -> None:
        self.scheduler = scheduler
        self.every = every
        self.monitor = monitor
        self.steps = 0

    def after_step(self, *_: object) -> None:
        """Count a step of the optimiser."""
        self.steps += 1
        if self.every and self.steps % self.every == 0:
            self.scheduler.step()

    def after_validation(self, scores: Mapping[str, float]) -> None:
        """Tell the scheduler a score, if it waits for one.

        Raises:
            ConfigError: there is no such score.
        """
        if self.every:
            return
        if self.monitor not in scores:
            known = ", ".join(scores)
            raise ConfigError(f"schedule.monitor={self.monitor} is not scored; known: {known}")
        self.scheduler.step(scores[self.monitor])

    def state(self) -> dict[str, Any]:
        """What a resumed training must know."""
        return {"steps": self.steps, "scheduler": self.scheduler.state_dict()}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Take it up again."""
        self.steps = state["steps"]
        self.scheduler.load_state_dict(state["scheduler"])


def is_torchs(config: Mapping[str, Any]) -> bool:
    """Whether a schedule is a scheduler of torch's kind."""
    return is_own(config) and gives(config, "schedule", LRScheduler)


def waits_for_scores(config: Mapping[str, Any]) -> bool:
    """Whether a schedule changes the rate by what validation says."""
    return is_own(config) and gives(config, "schedule", ReduceLROnPlateau)


def rates_of(config: Mapping[str, Any], optimizer: Optimizer, plan: Plan) -> Rates:
    """The scheduler of an optimiser; `is_torchs` must be true of `config`.

    Raises:
        ConfigError: an option that it does not take, or an interval that is none.
    """
    interval = config.get("interval", "epoch")
    if interval not in INTERVALS:
        raise ConfigError(f"schedule.interval={interval}; it may be {', '.join(INTERVALS)}")
    every = 1 if interval == "step" else plan.per_epoch
    counts = {STEPS: plan.steps, EPOCHS: -(-plan.steps // plan.per_epoch)}
    filled = {key: counts.get(value, value) if isinstance(value, str) else value
              for key, value in config.items() if key not in RESERVED}  # fmt: skip
    scheduler = make("schedule", {**filled, TARGET: config[TARGET]}, [optimizer])
    told = isinstance(scheduler, ReduceLROnPlateau)
    return Rates(scheduler, 0 if told else every, str(config.get("monitor", MONITOR)))


def factors_of(config: Mapping[str, Any], plan: Plan) -> list[float] | None:
    """The factor of each step's rate, of a schedule that is none of torch's; None for constant.

    Raises:
        ConfigError: an unknown name or option, or one's own that gives no numbers.
    """
    if not is_own(config):
        return schedule_factors(config, plan.steps, plan.per_epoch)
    if is_torchs(config):
        return None
    schedule = make("schedule", config)
    if not callable(schedule):
        raise ConfigError(
            f"schedule.{TARGET}={config[TARGET]} gives {type(schedule).__name__}, and not a "
            "function of the moment, nor a scheduler of torch"
        )
    return [float(schedule(Moment(t, plan.steps, plan.per_epoch))) for t in range(plan.steps)]
