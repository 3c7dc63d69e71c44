"""The Python side of the engine protocol: one copy for all engines. See README.md beside this package."""
