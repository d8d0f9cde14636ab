"""Update rules and schedules; walks of rules on problems whose constants and rates are known."""
