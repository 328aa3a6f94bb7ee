"""Saying it: figures, tables, wording and the one-file report, in English and Swedish."""
