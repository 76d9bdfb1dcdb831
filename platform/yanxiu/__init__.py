"""研修坊: the platform on which Chinese teachers do their school-based research."""

__version__ = "0.1.0"
