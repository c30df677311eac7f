"""One nation at work: the pipeline from files to warnings."""
