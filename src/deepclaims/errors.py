"""Errors a user can meet: what was wrong, where, and what to do about it."""


class DeepclaimsError(Exception):
    """Base of every error that is shown to the user as one line, without a traceback."""


class ConfigError(DeepclaimsError):
    """A config group, key or value that does not exist or does not fit."""


class ClaimError(DeepclaimsError):
    """A claim that does not exist, or whose file contradicts itself."""


class DataError(DeepclaimsError):
    """A data file that is missing, damaged or not what its manifest says."""


class StageError(DeepclaimsError):
    """A stage was run before the one it needs."""


class StorageError(DeepclaimsError):
    """A folder cannot be written, or what it holds is damaged."""


class SweepError(DeepclaimsError):
    """Some cells of a sweep failed; the others are saved."""


class VerificationError(DeepclaimsError):
    """What was published is not what its tables, the code and the ledgers give."""
