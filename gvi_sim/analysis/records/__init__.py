"""Records of counts as people keep them: read, checked, and summarised."""
