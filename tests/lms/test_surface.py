"""What a plugin contributes is read without running it, and is what the running platform has."""

from lms import jobs
from lms.plugins import surface
from lms.plugins.models import PluginState
from lms.plugins.registry import registry
from lms.plugins.remembering import remember


def test_attendance_contributes_what_the_running_platform_knows(app):
    found = registry.found["attendance"]
    read = surface.of(found)
    routes = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if registry.blueprints.get(rule.endpoint.split(".")[0]) == "attendance"
        and not rule.endpoint.endswith(".static")
    }
    assert {one.split(" ")[-1] for one in read["routes"]} == routes
    hooks = {
        question
        for question in (
            "class_tabs",
            "completion_conditions",
            "switch_impact",
            "privacy_export",
            "demo_data",
        )
        if "attendance" in dict(registry.answerers(question))
    }
    assert hooks <= set(read["answers"])
    assert set(read["tables"]) == set(found.plugin.tables)
    timetable = {one.name.split(".")[1] for one in jobs.known()[1] if one.plugin == "attendance"}
    assert timetable <= set(read["jobs"])


def test_a_difference_names_each_part_once():
    before = {"tables": ["a", "b"], "jobs": ["j"]}
    after = {"tables": ["b", "c"], "jobs": ["j"]}
    assert surface.differences(before, after) == [surface.Difference("tables", ["c"], ["a"])]
    assert surface.differences({}, after) == []


def test_it_is_remembered_with_the_version(app):
    PluginState.update(version="0.0.1").where(PluginState.name == "attendance").execute()
    remember()
    state = PluginState.get(PluginState.name == "attendance")
    assert state.version == registry.found["attendance"].plugin.version
    assert "completion_conditions" in state.surface["answers"]
