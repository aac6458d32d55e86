"""Pages of four eras with all that may change on them, for the table of revisions; invented text."""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """A page as it is served."""

    url: str
    html: str


GEL = Source(
    "http://www.bbc.com/news/uk-england-29990801",
    """<!DOCTYPE html><html xml:lang="en-GB"><head><meta charset="utf-8"><title>BBC News - Ferry on sandbank</title>
<meta name="Description" content="A ferry with ninety on board lies on a sandbank."/>
<meta name="OriginalPublicationDate" content="2013/03/17 11:00:00"/><meta name="Headline" content="Ferry on sandbank"/>
<meta name="DCTERMS.created" content="2013-03-17T10:00:00+00:00"/><meta name="DCTERMS.modified" content="2013-03-17T11:00:00+00:00"/>
<meta name="Section" content="England"/><meta name="CPS_ID" content="29990801"/><meta name="CPS_ASSET_TYPE" content="STY"/>
<link rel="canonical" href="http://www.bbc.co.uk/news/uk-england-29990801"/></head><body><div id="main-content" class="story">
<div class="layout-block-a"><div class="story-body">
<span class="story-date"><span class="date">17 March 2013</span> <span class="time-text">Last updated at </span><span class="time">11:00</span></span>
<div class="share-help"><h3>Share this page</h3><ul><li><a href="/share/email">Email</a></li></ul></div>
<h1 class="story-header">Ferry runs aground off Saltmere</h1>
<span class="byline"><span class="byline-name">By Ana Reed</span><span class="byline-title">Harbour correspondent</span></span>
<div class="caption full-width"><img src="http://news.bbcimg.co.uk/ferry.jpg" width="464" alt="The ferry"/><span>The ferry at low tide</span></div>
<p class="introduction">A ferry with 90 people on board has run aground off Saltmere.</p>
<p>"Nobody's hurt," said the captain - who has sailed for 20 years... "We wait."</p>
<p>The <a href="http://www.saltmere.example/report">caf\u00e9</a> on the quay stayed open all night, at -5C.</p>
<span class="cross-head">Spring tide</span>
<p>Tugs will try again at noon.</p>
<ul><li>Length: 84 metres</li><li>Built: 1991</li></ul>
<div class="story-feature wide"><h2>Analysis</h2><p>Sand moves.</p></div>
<div class="bbccom_advert_placeholder"></div>
<span class="dna-comment-count-simple">Comments (12)</span></div>
<div class="story-related"><h2>More on This Story</h2><div class="see-also"><h3>Related Stories</h3><ul>
<li><a class="story" href="/news/uk-england-29990802">Ferry repaired</a></li><li><a class="story" href="/news/uk-england-29990803">Bank mapped</a></li></ul></div></div></div>
<div class="layout-block-b"><div class="livestats"><h2>Most Popular</h2><h3>Read</h3><ol><li><a href="/news/uk-29990804">Snow falls twice</a></li></ol></div></div>
</div></body></html>""",
)

NEXT = Source(
    "https://www.bbc.com/news/articles/c0ferrysan1o",
    """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Ferry freed - BBC News</title>
<meta name="description" content="The ferry floats again."/>
<script type="application/ld+json">{"@context":"http://schema.org","@type":"ReportageNewsArticle","datePublished":"2026-02-03T06:05:04.321Z","dateModified":"2026-02-03T07:00:00.000Z","headline":"Ferry freed"}</script></head>
<body><main id="main-content"><article><div data-block="headline"><h1>Ferry floats free of sandbank</h1></div>
<div data-block="metadata"><time datetime="2026-02-03T06:05:04.321Z">2 hours ago</time></div>
<div data-block="share"><button>Share</button></div>
<div data-block="text"><div data-testid="rich-text"><p><b>The ferry that lay on a sandbank is afloat.</b></p><p>It took three tugs.</p></div></div>
<div data-block="subheadline"><h2>High water</h2></div>
<div data-block="text"><div data-testid="rich-text"><p>"We are glad," said the captain.</p><ul><li>Nobody was hurt</li></ul></div></div>
<div data-block="topicList"><div><h2>Related topics</h2></div><ul><li><a href="/news/topics/c0ferriestt">Ferries</a></li></ul></div>
<div data-block="promoList"><div><h2>More on this story</h2></div><ul><li><a href="/news/uk-england-29990801"><p>Ferry runs aground</p></a></li></ul></div>
</article></main></body></html>""",
)

LIVE = Source(
    "https://www.bbc.co.uk/news/live/world-49990801",
    """<!DOCTYPE html><html lang="en-gb" id="responsive-news"><head><meta charset="utf-8"><title>Ferry updates - BBC News</title>
<meta name="description" content="The ferry is being freed."></head><body><section class="lx-page" role="main">
<h1 id="lx-event-title" class="lx-c-event-header__title">Tugs pull at the ferry</h1>
<div class="lx-commentary__stream"><div id="lx-stream" class="lx-stream"><ol class="lx-stream__feed">
<li><article id="post_5ee0aa" class="lx-stream-post"><time class="lx-stream-post__meta-time"><span aria-hidden="true">15:05</span></time>
<div class="lx-stream-post-body"><p>The ropes are tight.</p></div><footer class="lx-stream-post__footer"><button>Facebook</button></footer></article></li>
<li><article id="post_5ee0bb" class="lx-stream-post"><div class="lx-stream-post-body"><p>The tugs have come.</p></div></article></li>
</ol></div></div></section></body></html>""",
)

HI = Source(
    "http://news.bbc.co.uk/2/hi/europe/4990801.stm",
    """<html><head><title>BBC NEWS | Europe | Ferry sails again</title><meta name="OriginalPublicationDate" content="2005/04/21 07:12:30"/>
<meta name="UKFS_URL" content="/1/hi/europe/4990801.stm"/><meta name="IFS_URL" content="/2/hi/europe/4990801.stm"/>
<meta name="Headline" content="Ferry sails"/><meta name="Section" content="Europe"/>
<meta name="Description" content="The ferry has left the yard."/></head><body><a name="startcontent"></a>
<table><tr><td><span class="ds"><span class="lu">Last Updated: </span>Thursday, 21 April 2005, 07:12 GMT</span></td></tr>
<tr><td><div class="mxb"><div class="sh">Ferry sails again after repair</div></div></td></tr>
<tr><td><!-- S BO --><B>The ferry has left the yard in which it lay for a year.</B>
<P>
Its owner called the repair &quot;a wonder&quot;.
<P>
<!-- E BO --></td><td><div class="mvb"><div class="sah">SEE ALSO</div></div>
<div class="arr"><a href="/2/hi/europe/4990802.stm">Yard to close</a></div></td></tr></table></body></html>""",
)
