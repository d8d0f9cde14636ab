import shutil
from pathlib import Path

import pytest

from deepclaims.pipeline import kept_pages
from deepclaims.report import site


@pytest.mark.parametrize("name", ["claim.html", "words.toml", "../site.py", "../static/claim.css"])
def test_templates_words_and_code_decide(tmp_path, name):
    package = tmp_path / "report"
    shutil.copytree(Path(site.__file__).parent, package)
    before = kept_pages.code_of(tmp_path)
    assert kept_pages.code_of(tmp_path) == before
    with (package / "templates" / name).open("a") as file:
        file.write("\n")
    assert kept_pages.code_of(tmp_path) != before
