"""dvc.yaml and the catalogue must agree: a claim that no stage watches would never be measured."""

import yaml

from deepclaims.claims import claim


def test_every_claim_is_watched_by_its_stage(checkout):
    stages = yaml.safe_load((checkout / "dvc.yaml").read_text())["stages"]
    watched = {}
    for name, stage in stages.items():
        for entry in stage.get("params", []):
            for file, keys in entry.items():
                assert name == "measure"
                watched[file.removeprefix("conf/claim/").removesuffix(".yaml")] = keys
    assert sorted(watched) == sorted(claim.catalogue(checkout / "conf"))
    assert all(keys == ["data", "seeds", "grid", "parts", "profiles"] for keys in watched.values())


def test_stages_depend_on_files_that_exist(checkout):
    stages = yaml.safe_load((checkout / "dvc.yaml").read_text())["stages"]
    for stage in stages.values():
        for path in stage.get("deps", []):
            if path.startswith(("src/", "conf/")):
                assert (checkout / path).exists(), path


def test_published_seeds_start_at_a_thousand(checkout):
    for name in claim.catalogue(checkout / "conf"):
        for profile in ("laptop", "full"):
            for part in claim.load(checkout / "conf", name, profile).parts:
                assert min(part.seeds) >= 1000, (name, part.name)
