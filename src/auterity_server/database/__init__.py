"""The control data: organisations, who may do what in them, and which version of a workflow is live where."""
