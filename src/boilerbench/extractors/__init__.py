"""Extractor specs: what a name on the command line stands for."""
