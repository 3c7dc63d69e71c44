"""Makes a model folder from a codebase's own configuration, without a download: random weights that prove something."""
