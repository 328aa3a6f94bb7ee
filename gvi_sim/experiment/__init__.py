"""Many questions: design tables, sweeps (``experiment.sweep.sweep``), and opening whatever a run left."""
