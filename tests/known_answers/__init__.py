"""The engine against closed forms and published vectors, one mechanism at a time."""
