"""Similar units by brute force."""

import numpy as np

from analysis.statistics.neighbours import nearest_rows


def test_the_nearest_are_those_of_the_whole_distance_table() -> None:
    pool = np.random.default_rng(4).normal(size=(700, 4)) * [1, 10, 100, 0.1]
    places, distances = nearest_rows(pool, pool, np.arange(700), 7)
    scaled = pool / pool.std(axis=0)
    for row in (0, 13, 511, 512, 699):
        known = np.linalg.norm(scaled - scaled[row], axis=1)
        known[row] = np.inf
        assert places[row].tolist() == np.argsort(known)[:7].tolist()
        np.testing.assert_allclose(distances[row], np.sort(known)[:7], rtol=1e-9)


def test_a_unit_is_never_its_own_neighbour() -> None:
    pool = np.zeros((9, 2))
    places, _ = nearest_rows(pool, pool, np.arange(9), 7)
    assert not any(row in found for row, found in enumerate(places))


def test_of_those_equally_far_away_the_first_are_taken() -> None:
    pool = np.repeat([[0.0], [1.0], [2.0]], 40, axis=0)
    places, distances = nearest_rows(pool, pool, np.arange(120), 7)
    assert places[0].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert places[50].tolist() == [40, 41, 42, 43, 44, 45, 46]
    assert not distances.any()
