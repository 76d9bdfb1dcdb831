"""Engines that keep an index and rank it. They know terms, facets and principals, nothing about Chinese or Flask."""
