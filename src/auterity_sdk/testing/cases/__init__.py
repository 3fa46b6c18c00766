"""Test files (`x.test.yaml`): what stands in them, and how their cases are played."""
