"""A lab that provokes one fault at a time on a real pair of Envoys. See README.md beside this package."""
