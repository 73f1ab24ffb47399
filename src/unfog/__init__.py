"""unfog: from posts, papers and statements to a judgement that a sceptic can check."""

__version__ = "0.1.0"
