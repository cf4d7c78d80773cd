"""How the baclofen assistant understands, decides and serves."""

__version__ = "0.1.0"
