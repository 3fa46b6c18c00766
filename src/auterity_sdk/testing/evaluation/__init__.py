"""Evaluation of a workflow's `ai.*` steps over labelled cases (`x.cases.yaml`)."""
