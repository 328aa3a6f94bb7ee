"""Calibration: from aggregate counts and the registry's ranges to a posterior ensemble of parameters."""
