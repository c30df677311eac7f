"""What may leave for whom: release policy in Cedar, over classes of records."""
