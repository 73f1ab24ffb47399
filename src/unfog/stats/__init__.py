"""Numbers, pure: log-odds, tails without a floor, false-discovery rates, intervals, calibration, rhythm, bursts.

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
* ``rhythm`` (times in UTC): :func:`hour_profile`, :func:`weekday_profile`, :func:`first_of_day`, :func:`circular`,
  :func:`effective_number`, :func:`effective_size`, :func:`gaps_s`, :func:`pacing`, :func:`best_window`
* ``shifts``: :func:`shift_table` over :data:`ZONES` x :data:`SHIFTS` x :data:`CALENDARS`; ``holidays``:
  :func:`holidays`, :func:`summer_time`
* ``scan``: :func:`scan`, :func:`rescale`, :func:`largest_in_window`, :func:`log_scan_tail`, :func:`rare_window`
* ``changes``: :func:`change_points`, :func:`dispersion_of`
* ``power``: :func:`detection_power`, :func:`absence_log10_lr`, :func:`smallest_detectable`, :func:`poisson_critical`
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
from unfog.stats.changes import Changes, change_points, dispersion_of
from unfog.stats.forest import Forest
from unfog.stats.holidays import holidays, summer_time
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
from unfog.stats.power import absence_log10_lr, detection_power, poisson_critical, smallest_detectable
from unfog.stats.rhythm import (
    Circular,
    Pacing,
    best_window,
    circular,
    effective_number,
    effective_size,
    first_of_day,
    gaps_s,
    hour_profile,
    pacing,
    weekday_profile,
)
from unfog.stats.scan import Scan, largest_in_window, log_scan_tail, rare_window, rescale, scan
from unfog.stats.shifts import CALENDARS, SHIFTS, ZONES, Calendar, Shift, ShiftTable, Zone, shift_table
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
    "CALENDARS",
    "SHIFTS",
    "ZONES",
    "Bounded",
    "Bounds",
    "Calendar",
    "Calibrator",
    "Changes",
    "Circular",
    "EceCurve",
    "Forest",
    "Interval",
    "Kde",
    "Logistic",
    "Misleading",
    "Pacing",
    "Pav",
    "Reliability",
    "Scan",
    "Shift",
    "ShiftTable",
    "Tippett",
    "Validity",
    "Zone",
    "absence_log10_lr",
    "best_window",
    "bh",
    "bounded",
    "brown",
    "cauchy",
    "change_points",
    "circular",
    "cllr",
    "cllr_cal",
    "cllr_min",
    "clopper_pearson",
    "cluster_bootstrap",
    "detection_power",
    "devpav",
    "dispersion_of",
    "ece_curve",
    "effective_number",
    "effective_size",
    "effective_tests",
    "elub",
    "first_of_day",
    "fisher",
    "fit_kde",
    "fit_logistic",
    "fit_pav",
    "gaps_s",
    "holidays",
    "hour_profile",
    "jeffreys",
    "largest_in_window",
    "log10_odds",
    "log_bh",
    "log_binomial_tail",
    "log_hypergeometric_tail",
    "log_poisson_binomial_tail",
    "log_poisson_tail",
    "log_scan_tail",
    "lr_needed",
    "mid_p",
    "min_p",
    "misleading",
    "n_plus_one",
    "p_value_bound",
    "pacing",
    "poisson_critical",
    "poisson_interval",
    "posterior",
    "probability",
    "randomised_p",
    "rare_window",
    "reliability",
    "rescale",
    "rogan_gladen",
    "rule_of_three",
    "scan",
    "shift_table",
    "simes",
    "smallest_detectable",
    "summer_time",
    "tippett",
    "uniforms",
    "validity",
    "weekday_profile",
    "wilson",
]
