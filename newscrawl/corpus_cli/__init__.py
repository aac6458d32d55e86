"""How ``scrapy corpus`` reads what it is asked and shows the answer: as tables, or with ``--json`` as lines of JSON."""
