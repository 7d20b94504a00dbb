"""One adapter per library. Each imports only its own library and defines

`load(options) -> (extract, given)`: the function from a `Page` to text (or None), and what it was
given (options, stop list, conversion of HTML to text), for a reader to judge fairness by. `load`
raises `Refused` for an option that the library does not have.
`DISTRIBUTION`: the distribution whose version is the extractor's, in lower case with hyphens; None
where there is none.
"""
