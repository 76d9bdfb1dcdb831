"""一起看: a film that must catch up comes to rest at everybody's moment, however long its jumps take. No clock runs: the script counts."""

from __future__ import annotations

import json

import pytest

from tests.support.node import node_says

SIMULATED = """
import { Pursuit } from "./static/src/lesson/together/pursuit.js";

// A film that plays at `rate` beside one that is `behind` ms ahead of it; each jump takes as long as `takes` says.
function play({ behind, rate, takes }) {
  const pursuit = new Pursuit(1000, 250);
  let [error, jumps] = [-behind, 0];
  for (let ms = 0; ms < 60000; ms += 250) {
    const { seek, factor } = pursuit.correct(error);
    if (!seek) {
      error += (factor - 1) * rate * 250;
      continue;
    }
    const ahead = pursuit.delay * rate;
    const cost = takes[Math.min(jumps, takes.length - 1)];
    pursuit.took(cost);
    error = ahead - cost * rate;
    ms += cost;
    jumps += 1;
  }
  return [Math.abs(error) < 300, jumps];
}
const films = JSON.parse(process.argv[1]);
console.log(JSON.stringify(films.map(play)));
"""
FILMS = [
    ({"behind": 20_000, "rate": 1, "takes": [130]}, 1),
    ({"behind": 20_000, "rate": 2, "takes": [400]}, 1),
    ({"behind": 20_000, "rate": 1.5, "takes": [900]}, 3),
    ({"behind": 20_000, "rate": 2, "takes": [4000]}, 3),
    ({"behind": 20_000, "rate": 1, "takes": [3000, 100]}, 2),
    ({"behind": 20_000, "rate": 1, "takes": [3000, 3000, 100]}, 4),
    ({"behind": 600, "rate": 1, "takes": [900]}, 0),
]


@pytest.mark.once
def test_a_film_whose_jumps_take_long_aims_ahead_and_does_not_jump_for_ever():
    assert node_says(SIMULATED, json.dumps([film for film, _jumps in FILMS])) == [
        [True, jumps] for _film, jumps in FILMS
    ]
