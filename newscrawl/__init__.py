"""newscrawl collects a BBC News story as it unfolded: the stories, their links and what each said when."""

__version__ = "0.1.0"
