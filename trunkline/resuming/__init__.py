"""Going on with a call that was lost."""
