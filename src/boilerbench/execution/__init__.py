"""Pages in, Extractions out: sandboxed worker processes and the engines that feed them."""
