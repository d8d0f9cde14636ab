import json

NAME = "lenet-parameters"


def change(outcome):
    """The other commit's report: this one, where one check came out otherwise."""

    def make(_):
        def at(project, commit, path):
            content = (project.reports / path).read_bytes()
            if path == "claims.json":
                claims = json.loads(content)
                check = next(iter(claims[NAME]["checks"].values()))
                check.update(value=check["value"] + 1e-9, outcome=outcome)
                content = json.dumps(claims).encode()
            return content

        return at

    return make


def counts(line):
    return [int(word) for word in line.replace(";", "").split() if word.isdigit()]


def test_it_counts_what_is_the_same_and_names_what_came_out_otherwise(benchmark_main):
    said = benchmark_main("rerun.py", "HEAD", _at=change(None))
    numbers, estimates, checks, named, rulings = said.splitlines()
    total, same, close = counts(numbers)
    assert total == same == close
    total, same, close = counts(estimates)
    assert (same, close) == (total - 1, total)
    assert checks == "checks that came out otherwise: 1"
    assert named.startswith(f"  {NAME}, ")
    assert rulings.startswith("rulings that changed: 0 of ")
