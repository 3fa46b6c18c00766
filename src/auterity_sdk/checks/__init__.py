"""What is wrong with a workflow: rules, one a file, and the check that runs them."""
