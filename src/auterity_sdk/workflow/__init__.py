"""What a workflow is: the model, its YAML and Python spellings, its graph and its pictures."""
