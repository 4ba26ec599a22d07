"""Roll call: who was in the room, session by session."""
