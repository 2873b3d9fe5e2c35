"""The one step from a question to its answer: what is asked, what is known, and how paths are counted."""
