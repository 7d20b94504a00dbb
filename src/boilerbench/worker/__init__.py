"""What runs inside an extractor's own environment: standard library only.

`__main__` is started by its path with the environment's own Python, seals itself off from the
network, loads one adapter, then answers one page at a time over stdin and stdout until stdin
closes. Nothing here may import a floor above `boilerbench.types`.
"""
