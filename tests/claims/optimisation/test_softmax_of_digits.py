from deepclaims.claims.optimisation.softmax_of_digits import digits


def test_digits_of_the_stand_in(project_with_data):
    problem, least = digits({"samples": 60, "components": 5, "ridge": 0.01})
    assert problem.x.shape == (60, 6)
    assert (problem.x[:, -1] == 1).all()
    assert least.slope < 1e-5
    assert least.loss < least.start
