"""Comments that allow a finding: how they are read, and which findings they take away."""
