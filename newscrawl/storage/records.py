"""What one page brings to the store."""

from __future__ import annotations

from dataclasses import dataclass, field

from newscrawl.items import Index, Story, Visit  # noqa: TC001  # what is read from a file is made by the annotations


@dataclass(slots=True)
class PageRecord:
    """One ended visit with all that is to be written because of it, in one batch."""

    visit: Visit
    """The page's own visit. Its outcome is decided by the store where a story is to be stored."""
    found: list[Visit] = field(default_factory=list)
    """Visits that this page's links decided; born pending."""
    page: Story | Index | None = None
    """What was read; None where nothing was."""
    store_story: bool = False
    """Whether ``page`` is a story that passed validation and got a slot of the budget."""
    refused: str | None = None
    """Why the server does not take the story, None while it has not refused it. Edges and visits are written all the same."""
