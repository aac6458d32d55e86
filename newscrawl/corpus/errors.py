"""What a question to the corpus can end with."""


class NotFoundError(LookupError):
    """The corpus does not hold what was asked for; ``str()`` is one line that says what was looked for."""


class QuestionError(ValueError):
    """A question that makes no sense; ``str()`` is one line that says why."""
