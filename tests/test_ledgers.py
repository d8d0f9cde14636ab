"""The ledgers of this checkout are whole: CI fails on a line that was changed or taken back."""

from deepclaims.claims import claim as claims
from deepclaims.evidence import ledger
from deepclaims.pipeline.ledger import verify
from deepclaims.project import Project


def test_no_ledger_of_the_catalogue_was_tampered_with(checkout):
    project = Project(checkout)
    told = verify(project)
    assert "every chain holds" in told
    names = claims.catalogue(project.conf)
    assert {name for name in names if ledger.path(project.root, name).is_file()} == set(names)
