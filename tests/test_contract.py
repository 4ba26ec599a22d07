"""What every plugin must keep to, ours and anybody's: the kit's own suite over the built-in ones."""

from __future__ import annotations

from lms import jobs
from lms.plugins.registry import Registry, registry
from lms.testing import conformance

_manifests = Registry()
_manifests.discover()

test_a_plugin_keeps_the_contract = conformance.of(
    *[name for name, found in _manifests.found.items() if found.built_in]
)


def test_jobs_and_timetable_belong_to_loaded_plugins(app):
    work, timetable = jobs.known()
    owners = {one.plugin for one in work} | {one.plugin for one in timetable}
    assert owners <= {name for name, found in registry.found.items() if found.loaded}
