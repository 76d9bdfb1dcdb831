"""S-T and Flanders analysis and agreement, against published figures; each test names its source."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanxiu.observations.instruments import agreement
from yanxiu.observations.instruments.flanders import (
    matrix_of,
    padded,
    pairs_of,
    ratios_of,
    shares_of,
    thirds_of,
    totals_of,
)
from yanxiu.observations.instruments.sampling import Span, coded_ms, sampled, tallied
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.instruments.student_teacher import figures_of, is_possible, path_of, spread_of

pytestmark = pytest.mark.once
near = partial(pytest.approx, abs=5e-5)


@pytest.mark.parametrize(
    ("codes", "nt", "runs", "rt", "ch", "mode"),
    [
        ("TTTSSTTTTSTTSSSSTTTT", 13, 7, 0.65, 0.30, "混合型"),
        ("TS" * 10, 10, 20, 0.50, 0.95, "对话型"),
        ("T" * 20, 20, 1, 1.00, 0.00, "讲授型"),
        ("S" * 14 + "T" * 6, 6, 2, 0.30, 0.05, "练习型"),
        ("T" * 7 + "SSS" + "T" * 10, 17, 3, 0.85, 0.10, "讲授型"),
        ("TTSTTSTTSTSSTSTSTSTS", 11, 16, 0.55, 0.75, "对话型"),
    ],
)
def test_s_t_figures_of_the_worked_examples(codes, nt, runs, rt, ch, mode):
    """The table of observation.md 1.9; Rt = Nt/N, Ch = (g - 1)/N of 刘云, 苟琳 2013."""
    found = figures_of(codes)
    assert (found.nt, found.runs, found.mode) == (nt, runs, mode)
    assert (found.rt, found.ch) == (near(rt), near(ch))
    assert path_of(codes, 60_000)[-1] == (near(nt), near(len(codes) - nt))


@given(st.text("TS", min_size=1, max_size=80))
def test_every_s_t_point_lies_in_the_triangle(codes):
    found = figures_of(codes)
    assert is_possible(found.rt, found.ch)


def test_variants_of_s_t_treat_interaction_as_they_say():
    assert figures_of("TTDDSS", "d_as_t").rt == near(4 / 6)
    half = figures_of("TTDDSS", "d_half")
    assert (half.rt, half.ch, half.mode) == (near(0.5), near(2 / 6), None)
    assert figures_of("") is None


def test_spans_are_sampled_and_gaps_left_out():
    spans = [Span(0, 30_000, "T"), Span(30_000, 40_000, "-"), Span(40_000, 70_000, "S")]
    assert "".join(sampled(spans, 10_000)) == "TTTSSS"
    assert "".join(sampled(spans, 10_000, 9_000)) == "TTTSSS"
    assert coded_ms(spans) == 60_000
    spread = spread_of([Span(0, 40_000, "T"), Span(40_000, 70_000, "S")], 30_000)
    assert (spread.rt, spread.modes) == ((0.5, near(2 / 3)), ("对话型", "混合型"))


def test_all_categories_of_a_window_are_tallied_and_the_last_repeated():
    """Flanders: several categories within 3 s, record all; no change, repeat the number every 3 s."""
    spans = [Span(0, 4_000, "5"), Span(4_000, 5_000, "4"), Span(5_000, 12_500, "8")]
    assert tallied(spans, 3_000) == ["5", "4", "8", "8", "8", "8"]


def test_the_matrix_counts_overlapping_pairs_between_two_tens():
    """The example of the training slides that observation.md 1.2 names."""
    codes = ["6", "10", "7", "5", "1", "4", "8", "4"]
    assert padded(codes) == ["10", *codes, "10"]
    wanted = ["10 6", "6 10", "10 7", "7 5", "5 1", "1 4", "4 8", "8 4", "4 10"]
    assert [" ".join(pair) for pair in pairs_of(codes)] == wanted
    matrix = matrix_of(codes)
    assert sum(map(sum, matrix)) == 9
    assert [sum(row) for row in matrix] == list(totals_of(matrix).values())


def test_flanders_ratios_of_a_published_lesson():
    """The lesson "US culture" (essay "Flander Matrix Analysis"; observation.md 1.9): totals and shares as printed there."""
    totals = dict(zip(range(1, 11), (5, 67, 75, 76, 112, 0, 0, 71, 84, 1), strict=True))
    found = {ratio.key: ratio.value for ratio in shares_of(totals)}
    wanted = {
        "TT": 68.228,
        "PT": 31.568,
        "SC": 0.204,
        "ID": 1.991,
        "ITT": 66.57,
        "TRR": 100,
        "TQR": 40.43,
        "PIR": 54.19,
    }
    assert {key: found[key] for key in wanted} == pytest.approx(wanted, abs=0.005)
    assert found["id"] is None  # nobody was told or blamed: nothing to divide by
    assert thirds_of(totals) == pytest.approx((99.796, 68.367, 33.433), abs=0.005)


def test_flanders_cell_ratios_by_hand():
    """10 4 8 8 4 8 3 5 5 10: the nine pairs counted by hand."""
    found = {ratio.key: ratio.value for ratio in ratios_of(matrix_of(["4", "8", "8", "4", "8", "3", "5", "5"]))}
    assert found["SSR"] == near(100 * 2 / 9)
    assert found["PSSR"] == near(100 * 1 / 3)
    assert found["CCR"] == near(100 * 7 / 9)
    assert found["TRR89"] == near(100)
    assert found["TQR89"] == near(100)


SAS = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
COHEN_WEIGHTS = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]


def test_kappa_of_published_tables():
    """The textbook 2×2 (0.40), the skin condition table of SAS FREQ (0.3449; linear 0.5082), Cohen 1968 table 1 (.492; .348)."""
    textbook = agreement.agreement_of([[20, 5], [10, 15]])
    assert (textbook.n, textbook.observed, textbook.kappa) == (50, near(0.70), near(0.40))
    assert agreement.agreement_of(SAS).kappa == near(0.34488)
    assert agreement.weighted_kappa(SAS) == near(0.50816)
    assert agreement.agreement_of(COHEN).kappa == near(0.49153)
    assert agreement.weighted_kappa(COHEN, lambda i, j: COHEN_WEIGHTS[i][j]) == near(0.34783)
    assert agreement.agreement_of([[7, 0], [0, 0]]).kappa is None


def test_alpha_of_krippendorffs_data():
    """The "C" data printed in the help of R's irr: four observers, twelve units, gaps; nominal .743, interval .849."""
    first, second = [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3]
    third, fourth = [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]
    units = list(zip(first, second, third, fourth, strict=True))
    assert agreement.krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)
    assert agreement.krippendorff_alpha(units, agreement.interval) == pytest.approx(0.849, abs=5e-4)
    assert agreement.krippendorff_alpha([(1, None)]) is None


def test_fleiss_and_icc_of_their_papers():
    """Fleiss' ten subjects and fourteen raters (0.210); Shrout and Fleiss 1979 table 2 (.17, .29, .71; mean of four .62)."""
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    assert agreement.fleiss_kappa(counts) == near(0.20993)
    scores = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = agreement.intraclass(scores)
    assert (found.icc11, found.icc21, found.icc31) == (near(0.1657), near(0.2898), near(0.7148))
    assert found.icc2k == pytest.approx(0.62, abs=5e-3)


def test_keys_of_a_scheme_are_its_own():
    for scheme in SCHEMES.values():
        assert (
            len({code.key for code in scheme.codes}) == len({code.code for code in scheme.codes}) == len(scheme.codes)
        )
        assert scheme.interval_ms in scheme.intervals
