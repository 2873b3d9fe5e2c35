"""Part-year figures, growth statements, bounds, two sides and contradictions: what they say of calendar years."""

from tradetarget.nowcasting.checks import StatementCheck, check_statements
from tradetarget.nowcasting.contradictions import Contradiction, contradictions
from tradetarget.nowcasting.evidence import Evidence, log_likelihood
from tradetarget.nowcasting.gathering import evidence_for, past_evidence
from tradetarget.nowcasting.latent import LatentAnnual, latent_annual
from tradetarget.nowcasting.latent_months import LatentMonthly, latent_monthly
from tradetarget.nowcasting.mirror import Reconciled, mirror_table, reconciled
from tradetarget.nowcasting.months import MonthLaw, MonthNoise
from tradetarget.nowcasting.readings import Interval, Reading, Readings, SetAside, interval_of, readings
from tradetarget.nowcasting.shares import ShareLaw, Window

__all__ = [
    "Contradiction",
    "Evidence",
    "Interval",
    "LatentAnnual",
    "LatentMonthly",
    "MonthLaw",
    "MonthNoise",
    "Reading",
    "Readings",
    "Reconciled",
    "SetAside",
    "ShareLaw",
    "StatementCheck",
    "Window",
    "check_statements",
    "contradictions",
    "evidence_for",
    "interval_of",
    "latent_annual",
    "latent_monthly",
    "log_likelihood",
    "mirror_table",
    "past_evidence",
    "readings",
    "reconciled",
]
