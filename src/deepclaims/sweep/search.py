"""Random and quasi-random search: the box that Hydra's overrides name, and its points."""

from __future__ import annotations

from dataclasses import replace

from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep

from deepclaims.errors import ConfigError
from deepclaims.optim import search_points
from deepclaims.optim.search_points import METHODS, points

__all__ = ["METHODS", "Axis", "points"]

LOG = "log"


class Axis(search_points.Axis):
    """A parameter of the search, as an override names it."""

    @classmethod
    def of(cls, override: Override) -> Axis:
        """The axis that an override names: `a,b`, `choice()`, `range()`, `glob()`, `interval()`.

        The order of values is the written one: the search mixes them. `tag(log, interval(a, b))` is
        searched by order of magnitude; `int(interval(a, b))` takes whole numbers.

        Raises:
            ConfigError: for an interval that is empty, or not above 0 where it is logarithmic.
        """
        key, sweep = override.get_key_element(), override.value()
        if isinstance(sweep, ChoiceSweep | RangeSweep):  # Hydra shuffles without a seed
            override = replace(override, _value=replace(sweep, shuffle=False))
        if not isinstance(sweep, IntervalSweep):
            return cls(key, tuple(map(str, override.sweep_string_iterator())))
        assert sweep.start is not None
        assert sweep.end is not None
        log = LOG in sweep.tags
        if not sweep.start < sweep.end or (log and sweep.start <= 0):
            above = ", and above 0 for tag(log, …)" if log else ""
            raise ConfigError(f"'{override.input_line}': it takes interval(low, high){above}")
        whole = isinstance(sweep.start, int) and isinstance(sweep.end, int)
        return cls(key, (), float(sweep.start), float(sweep.end), log, whole)
