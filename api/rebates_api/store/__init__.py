"""What the service keeps: keys, versions of the rules, approvals, answers to repeated posts. No price is worked out from it."""
