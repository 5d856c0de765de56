"""What kinds share: files, answers, dates, places, mappings, registers, and the landing."""
