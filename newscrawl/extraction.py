"""From a page to its story or index and its links: the same for the spider and for ``newscrawl.extract``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from itemloaders.utils import arg_to_iter

from newscrawl.eras import EXTRACTOR_VERSION, LinkRule, detect, listing
from newscrawl.items import Index, Link, Relation, Story, Target
from newscrawl.loaders import StoryLoader, link
from newscrawl.processors import content_hash, instant, plain
from newscrawl.sites import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from newscrawl.eras import Era, FoundLink, Rule
    from newscrawl.page import Page
    from newscrawl.sites import Site

_NO_ADDRESS = ("#", "javascript:", "mailto:", "tel:")
"""What a link begins with that leads to no page."""


@dataclass(slots=True, kw_only=True)
class Extraction:
    """What one page gave."""

    story: Story | None = None
    index: Index | None = None
    """Of a page that lists stories; never together with ``story``."""
    links: list[Link] = field(default_factory=list)
    """In document order; those of the story or the index. A page that is neither has none."""
    era: str = ""
    """The page era, empty if the site has none for it."""
    problems: list[str] = field(default_factory=list)
    """What could not be read, as "field: reason": the story's, or the index's."""


def read(page: Page, site: Site) -> Extraction:
    """Read a page by the first era that claims it. Never raises for what the page says: see ``Story.problems``."""
    era = detect(page, site.eras)
    if era is None:
        return Extraction()
    page.hide(*era.hidden)
    problems: list[str] = []
    said = _ask(era.target, page, "target", problems) if era.target else None
    target = said or site.target(page.url)
    found = Extraction(era=era.name, problems=problems)
    if target is Target.INDEX:
        found.index = _index(page, site, era, problems)
        found.links = found.index.links
    elif target is Target.STORY and (story := _story(page, site, era, problems)):
        found.story, found.links = story, story.links
    problems += page.problems
    return found


def _ask(rule: Rule, page: Page, what: str, problems: list[str]) -> Any:
    try:
        return rule.read(page)
    except Exception as error:  # one rule's failure must not lose the page: it is kept and counted
        problems.append(f"{what}: {_reason(error)}")
        return None


def _story(page: Page, site: Site, era: Era, problems: list[str]) -> Story | None:
    loader = StoryLoader()
    sources = {name: rule for name, rules in era.fields.items() if (rule := _fill(loader, name, rules, page, problems))}
    story: Story = loader.load_item()
    if not (story.headline or story.body or story.posts):
        return None
    story.url = site.canonical_url(page.url)
    story.story_id = site.request_key(page.url)
    story.aliases = [page.url] if page.url != story.url else []
    story.also_ids = _other_ids(page, site, era, story.story_id, problems)
    story.links = list(_links(page, site, _found(page, era.links, problems), problems))
    for image in story.images:
        image.url = image.url and unwrap(image.url)
    for topic in story.topics:
        topic.url = topic.url and unwrap(topic.url)
    story.page_era = era.name
    story.sources = sources
    story.problems = problems
    story.extractor_version = EXTRACTOR_VERSION
    story.content_hash = content_hash(
        [story.headline, story.summary, *(block.text for block in story.body), *(post.text for post in story.posts)]
    )
    return story


def _fill(loader: StoryLoader, name: str, rules: Iterable[Rule], page: Page, problems: list[str]) -> str | None:
    """Give a field its value from the first rule that has one; return that rule's name."""
    for rule in rules:
        try:
            raw = rule.read(page)
            loader.replace_value(name, raw)
            if raw is None or loader.get_output_value(name) in (None, []):
                continue
            if name.startswith("date_"):
                loader.replace_value(f"{name}_raw", raw)
        except Exception as error:  # as above; the field has its next source
            problems.append(f"{name}: {_reason(error)}")
        else:
            return rule.name
    return None


def _reason(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}"[:200]


def _other_ids(page: Page, site: Site, era: Era, own: str, problems: list[str]) -> list[str]:
    stated = [*page.rels.get("canonical", []), page.open_graph.get("url")]
    for rule in era.addresses:
        stated += arg_to_iter(_ask(rule, page, "addresses", problems))
    found = (site.story_id(page.absolute(str(address))) for address in stated if address)
    return list(dict.fromkeys(other for other in found if other and other != own))


def _found(page: Page, rules: Iterable[LinkRule], problems: list[str]) -> list[FoundLink]:
    """Return the links of all blocks in document order, each anchor once; those from the page's state come last."""
    order: dict[object, int] = {anchor: number for number, anchor in enumerate(page.tree.iter("a"))}
    taken: dict[object, FoundLink] = {}
    for rule in rules:
        try:
            for found in rule.read(page):
                taken.setdefault(found if found.anchor is None else found.anchor, found)
        except Exception as error:  # as above
            problems.append(f"links: {rule.name}: {_reason(error)}")
    return sorted(taken.values(), key=lambda found: order.get(found.anchor, len(order)))


def _links(page: Page, site: Site, found: Iterable[FoundLink], problems: list[str]) -> Iterator[Link]:
    """Make edges of links: those without a title or an address are none, nor is one that its block has already."""
    seen: set[tuple[object, ...]] = set()
    for one in found:
        if not one.text or not one.href.strip() or one.href.strip().lower().startswith(_NO_ADDRESS):
            continue
        url = unwrap(page.absolute(one.href))
        same = (one.relation, one.group_title, url, one.text)
        if same in seen:
            continue
        identity = site.story_id(url)
        yield link(
            url,
            one.relation,
            text=one.text,
            group_title=one.group_title,
            position=len(seen),
            target=site.target(url),
            story_id=identity,
            key=identity or site.canonical_url(url),
            updated=_changed(one, problems),
        )
        seen.add(same)


def _changed(one: FoundLink, problems: list[str]) -> datetime | None:
    try:
        return instant(str(one.updated)) if one.updated else None
    except ValueError as error:
        problems.append(f"links: {_reason(error)}")
        return None


def _index(page: Page, site: Site, era: Era, problems: list[str]) -> Index:
    main = LinkRule("main content", lambda page: listing.stories(page, lambda url: site.target(url) is Target.STORY))
    found = _found(page, era.listed, problems) or _found(page, [main], problems)
    listed: dict[str, Link] = {}
    for one in _links(page, site, found, problems):
        if one.target in era.lists:
            listed.setdefault(one.key, one)
    for rank, one in enumerate(listed.values()):
        one.relation, one.position = Relation.LISTED, rank
    said = _ask(era.title, page, "title", problems) if era.title else None
    title = said or next(map(page.text, page.tree.iter("title")), "") or page.open_graph.get("title", "")
    return Index(
        url=site.canonical_url(page.url), title=plain(title) or None, page_era=era.name, links=list(listed.values())
    )
