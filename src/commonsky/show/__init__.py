"""Can people see it and act? The command line and the reports."""
