"""What runs sources: the schedule, the limited child, doubts and pauses, the ledger."""
