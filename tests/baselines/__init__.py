"""Reference configurations whose results are pinned, and the one script that moves them."""
