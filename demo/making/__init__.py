"""A miniature BBC: invented stories in the markup of every page era, packed as a WARC archive."""
