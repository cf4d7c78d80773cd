"""`make bench`: this assistant beside the untouched bot that `rasa init` makes, over HTTP, on this machine (docs/benchmarks.md)."""
