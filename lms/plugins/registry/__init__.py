"""Find, check and load plugins: `found` is one of them, `manifests` reads, `mounting` adds pages, `plugins` has them all."""

from lms.plugins.registry.found import ROOMS, ROOT, Found
from lms.plugins.registry.manifests import GROUP, SECONDS_TO_LOAD
from lms.plugins.registry.plugins import Registry, registry

__all__ = ["GROUP", "ROOMS", "ROOT", "SECONDS_TO_LOAD", "Found", "Registry", "registry"]
