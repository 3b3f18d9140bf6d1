"""The Textual app: it draws immutable frames and sends the learner's wishes to a session."""
