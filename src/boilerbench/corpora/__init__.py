"""Corpora behind one interface: by name, from a folder, or from a file of records."""

from boilerbench.corpora.load import load_corpus

__all__ = ["load_corpus"]
