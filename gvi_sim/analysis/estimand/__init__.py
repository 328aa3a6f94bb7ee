"""Estimands: what is read off runs, each one declared by a name and options, with its Monte Carlo error."""

from __future__ import annotations

from .base import Arms, Measured, Sums, measure
from .registry import ESTIMANDS, estimand_named, needed_tables

__all__ = ["ESTIMANDS", "Arms", "Measured", "Sums", "estimand_named", "measure", "needed_tables"]
