"""A lab that records whole Service Connect incidents with real Envoys. See README.md beside this package."""
