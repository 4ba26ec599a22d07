"""What people can be told about: the topics that the loaded plugins declare."""

from __future__ import annotations

from lms.plugins.contract import Topic
from lms.plugins.registry import registry
from lms.plugins.switch import is_on

#: Ways a topic may come by mail, in the order of the page.
MODES = ("now", "daily", "none")


def topics() -> list[Topic]:
    """Every topic of a plugin that is on, in the order of the plugins."""
    return [
        topic
        for found in registry.in_order()
        if not found.problem and is_on(found.name)
        for topic in found.plugin.topics
    ]


def topic_named(name: str) -> Topic:
    """A declared topic. Raises LookupError for one that no manifest declares."""
    for found in registry.in_order():
        for topic in found.plugin.topics:
            if topic.name == name:
                return topic
    raise LookupError(f"No plugin declares the topic {name}; add it to `topics` in plugin.py")
