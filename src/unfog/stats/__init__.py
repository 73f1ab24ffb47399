"""Numbers, pure: log-odds, tails without a floor, false-discovery rates, intervals, calibration, rhythm, bursts, changes.

Everything takes and gives numpy arrays (vectorised unless it says otherwise), log10 for likelihood ratios and odds, and
90 % for intervals. Nothing here reads a file, knows a table or draws an unseeded random number.

* ``odds``: :func:`log10_odds`, :func:`probability`, :func:`posterior`, :func:`lr_needed`, :func:`p_value_bound`
* ``tails`` (natural logarithm of P(X >= k)): :func:`log_poisson_tail`, :func:`log_binomial_tail`,
  :func:`log_hypergeometric_tail`, :func:`log_poisson_binomial_tail`
* ``multiplicity``: :func:`bh` and :func:`log_bh` (over all possible tests), :func:`fisher`, :func:`brown`,
  :func:`simes`, :func:`min_p`, :func:`cauchy`, :func:`effective_tests`, :func:`randomised_p`, :func:`mid_p`,
  :func:`uniforms`
* ``intervals``: :func:`wilson`, :func:`jeffreys`, :func:`clopper_pearson`, :func:`poisson_interval`,
  :func:`rule_of_three`, :func:`rogan_gladen`, :func:`cluster_bootstrap`
* ``calibrate``: :func:`fit_pav`, :func:`fit_logistic`, :func:`fit_kde`, :func:`bounded`, :func:`n_plus_one`,
  :func:`elub`
* ``validity``: :func:`cllr`, :func:`cllr_min`, :func:`cllr_cal`, :func:`devpav`, :func:`ece_curve`, :func:`tippett`,
  :func:`reliability`, :func:`misleading`, :func:`validity`
"""

from unfog.stats.calibrate import (
    Bounded,
    Bounds,
    Calibrator,
    Kde,
    Logistic,
    Pav,
    bounded,
    elub,
    fit_kde,
    fit_logistic,
    fit_pav,
    n_plus_one,
)
from unfog.stats.intervals import (
    Interval,
    clopper_pearson,
    cluster_bootstrap,
    jeffreys,
    poisson_interval,
    rogan_gladen,
    rule_of_three,
    wilson,
)
from unfog.stats.multiplicity import (
    bh,
    brown,
    cauchy,
    effective_tests,
    fisher,
    log_bh,
    mid_p,
    min_p,
    randomised_p,
    simes,
    uniforms,
)
from unfog.stats.odds import log10_odds, lr_needed, p_value_bound, posterior, probability
from unfog.stats.tails import (
    log_binomial_tail,
    log_hypergeometric_tail,
    log_poisson_binomial_tail,
    log_poisson_tail,
)
from unfog.stats.validity import (
    EceCurve,
    Misleading,
    Reliability,
    Tippett,
    Validity,
    cllr,
    cllr_cal,
    cllr_min,
    devpav,
    ece_curve,
    misleading,
    reliability,
    tippett,
    validity,
)

__all__ = [
    "Bounded",
    "Bounds",
    "Calibrator",
    "EceCurve",
    "Interval",
    "Kde",
    "Logistic",
    "Misleading",
    "Pav",
    "Reliability",
    "Tippett",
    "Validity",
    "bh",
    "bounded",
    "brown",
    "cauchy",
    "cllr",
    "cllr_cal",
    "cllr_min",
    "clopper_pearson",
    "cluster_bootstrap",
    "devpav",
    "ece_curve",
    "effective_tests",
    "elub",
    "fisher",
    "fit_kde",
    "fit_logistic",
    "fit_pav",
    "jeffreys",
    "log10_odds",
    "log_bh",
    "log_binomial_tail",
    "log_hypergeometric_tail",
    "log_poisson_binomial_tail",
    "log_poisson_tail",
    "lr_needed",
    "mid_p",
    "min_p",
    "misleading",
    "n_plus_one",
    "p_value_bound",
    "poisson_interval",
    "posterior",
    "probability",
    "randomised_p",
    "reliability",
    "rogan_gladen",
    "rule_of_three",
    "simes",
    "tippett",
    "uniforms",
    "validity",
    "wilson",
]
