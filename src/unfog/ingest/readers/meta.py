"""Facebook and Instagram: CrowdTangle's CSV, and the CSV of Meta's Content Library."""

from __future__ import annotations

from unfog.ingest.reader import Projection, Reader, Take, Time, listed, take, whole_number
from unfog.ingest.sample import Sample

_URL = take(
    "URL",
    sql="coalesce(nullif(regexp_extract({}, '([0-9]{6,}(?:_[0-9]+)?)/?(?:[?#].*)?$', 1), ''), {})",
    note="digits at the end of the address, else the address",
)
_WHERE = "CASE WHEN contains(lower({URL}), 'instagram.com') THEN 'instagram' ELSE 'facebook' END"
_WHO = take(
    "Facebook Id",
    "Page Id",
    "User Name",
    "Account",
    "Page Name",
    "Group Name",
    note="an id, else a handle, else a name",
)
_CT = Projection(
    "posts",
    {
        "platform": take(sql=_WHERE),
        "post_id": _URL,
        "account_id": _WHO,
        "happened_at": Time(
            ("Post Created", "Created"),
            zone="America/New_York",
            note="CrowdTangle's clock is US-Eastern; most exports name EST or EDT in the cell",
        ),
        "kind": take("Type", sql="'post'"),
        "text": take("Message", "Description"),
        "title": take("Link Text", "Title"),
        "urls": Take(
            ("Final Link", "Link"),
            "uf_join_lists(CASE WHEN {} IS NULL OR {} = {URL} OR regexp_matches(lower({}), 'facebook.com/photo|instagram.com/') THEN NULL ELSE [{}] END, uf_urls(coalesce({Message}, {Description})))",
        ),
        "hashtags": Take(("Message", "Description"), "uf_hashtags({})"),
        "mentions": Take(("Message", "Description"), "uf_mentions({})"),
        "community": take("Page Name", "Group Name", "Account"),
        "permalink": take("URL"),
    },
)
_CT_COUNTS = Projection(
    "engagement",
    {
        "platform": take(sql=_WHERE),
        "post_id": _URL,
        "captured_at": Time((), required=False),
        "likes": whole_number("Likes"),
        "reposts": whole_number("Shares"),
        "replies": whole_number("Comments"),
        "views": whole_number("Total Views", "Post Views", "Views"),
        "audience": whole_number("Followers at Posting", "Likes at Posting", note="at posting, not at capture"),
    },
    primary=False,
)
_CT_PAGES = Projection(
    "accounts",
    {
        "platform": take(sql=_WHERE),
        "account_id": _WHO,
        "handle": take("User Name"),
        "name": take("Page Name", "Group Name", "Account"),
        "created_at": Time(("Page Created",), zone="America/New_York", required=False),
        "about": take("Page Description"),
        "location": take("Page Admin Top Country"),
    },
    primary=False,
)

_META = take(
    sql="CASE WHEN starts_with(lower(coalesce({post_owner.type}, '')), 'instagram') OR contains(coalesce({mcl_url}, ''), 'instagram') THEN 'instagram' ELSE 'facebook' END"
)
_MCL = Projection(
    "posts",
    {
        "platform": _META,
        "post_id": take("id"),
        "account_id": take("post_owner.id", "owner.id", "user.id"),
        "happened_at": Time(("creation_time",), zone="UTC"),
        "kind": take(sql="CASE WHEN {shared_post_id} IS NOT NULL THEN 'repost' ELSE 'post' END"),
        "text": take("text"),
        "lang": take("lang"),
        "repost_of": take("shared_post_id"),
        "urls": Take(
            ("link_attachment.link",), "uf_join_lists(CASE WHEN {} IS NULL THEN NULL ELSE [{}] END, uf_urls({text}))"
        ),
        "hashtags": Take(("hashtags",), "coalesce(uf_lower_list(uf_list({})), uf_hashtags({text}))"),
        "mentions": listed("tagged_accounts"),
        "community": take("surface.name", "post_owner.name"),
        "permalink": take("mcl_url", "url", note="an address inside the Content Library"),
    },
)
_MCL_COUNTS = Projection(
    "engagement",
    {
        "platform": _META,
        "post_id": take("id"),
        "captured_at": Time((), required=False),
        "likes": whole_number("statistics.reaction_count", "statistics.like_count"),
        "reposts": whole_number("statistics.share_count"),
        "replies": whole_number("statistics.comment_count"),
        "views": whole_number("statistics.views", "statistics.view_count"),
    },
    primary=False,
)
_MCL_OWNERS = Projection(
    "accounts",
    {
        "platform": _META,
        "account_id": take("post_owner.id", "owner.id", "user.id"),
        "handle": take("post_owner.username"),
        "name": take("post_owner.name"),
    },
    primary=False,
)


def _crowdtangle(sample: Sample) -> float:
    told = sample.is_table and sample.has("URL", "Total Interactions") and sample.any("Post Created", "Created")
    return 0.95 if told else 0.0


def _library(sample: Sample) -> float:
    told = sample.has("id", "creation_time") and sample.any("post_owner.id", "mcl_url", "owner.id")
    return 0.95 if told and (sample.is_table or sample.is_json) else 0.0


READERS = (
    Reader(
        name="crowdtangle",
        title="CrowdTangle, Facebook or Instagram posts (CSV)",
        version="2",
        looks=_crowdtangle,
        platform="facebook",
        projections=(_CT, _CT_COUNTS, _CT_PAGES),
        cannot_tell=("posts of private accounts and small groups", "when counts were read", "who shared a post"),
        source="CrowdTangle codebook, help.crowdtangle.com (closed 14 August 2024)",
    ),
    Reader(
        name="meta-content-library",
        title="Meta Content Library (CSV)",
        version="2",
        looks=_library,
        platform="facebook",
        projections=(_MCL, _MCL_COUNTS, _MCL_OWNERS),
        cannot_tell=("accounts below the library's follower threshold", "when counts were read", "reshares one by one"),
        source="developers.facebook.com/docs/content-library-and-api",
    ),
)
