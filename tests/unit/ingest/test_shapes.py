"""Exports in the shape that their makers write today, with the columns and records that a short sample leaves out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

T = datetime(2019, 10, 21, 8, 50, 34)
UNIX = "1571647834"


def table(header: str, *rows: dict[str, str]) -> str:
    """A CSV of this header; cells that a row does not name are empty."""
    out = io.StringIO()
    names = header.split(",")
    for row in rows:
        assert not row.keys() - set(names)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([row.get(n, "") for n in names] for row in rows)
    return out.getvalue()


def test_4cat_telegram(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    header = (
        "id,thread_id,chat,author,author_username,author_name,author_is_bot,body,reply_to,views,timestamp,unix_timestamp,"
        "timestamp_edited,unix_timestamp_edited,author_forwarded_from_name,author_forwarded_from_username,"
        "author_forwarded_from_id,entities_linked,entities_mentioned,reactions,attachment_type,attachment_data,attachment_filename"
    )
    row = {
        "thread_id": "harbour",
        "chat": "harbour",
        "author": "77",
        "author_username": "harbour_watch",
        "unix_timestamp": UNIX,
    }
    rows = (
        {**row, "id": "harbour-1", "body": "Papers", "views": "12", "entities_linked": "https://example.org/papers"},
        {
            **row,
            "id": "harbour-2",
            "body": "Again",
            "author_forwarded_from_id": "99",
            "author_forwarded_from_name": "Otter",
        },
    )
    got = read(write("t.csv", table(header, *rows)))
    posts = {p["post_id"]: p for p in got.rows("posts")}
    assert got.source.format == "4cat" and {p["platform"] for p in posts.values()} == {"telegram"}
    assert [p["kind"] for p in posts.values()] == ["message", "repost"]
    assert posts["harbour-1"]["urls"] == ["https://example.org/papers"] and posts["harbour-1"]["thread_id"] is None
    assert posts["harbour-2"]["repost_of"] == "from:99"
    assert {a["handle"] for a in got.rows("accounts")} == {"harbour_watch"}


def test_4cat_twitter_and_reddit(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    header = (
        "id,thread_id,timestamp,unix_timestamp,link,subject,body,author,author_fullname,author_id,author_followers,source,"
        "language_guess,possibly_sensitive,retweet_count,reply_count,like_count,quote_count,is_retweet,retweeted_user,"
        "is_quote_tweet,quoted_user,is_reply,replied_user,hashtags,urls,images,mentions,long_lat,place_name"
    )
    tweet = {
        "id": "5",
        "thread_id": "5",
        "unix_timestamp": UNIX,
        "link": "https://twitter.com/ana/status/5",
        "author": "ana",
    }
    tweet |= {
        "author_id": "7",
        "body": "Papers #Harbour",
        "retweet_count": "0",
        "is_retweet": "no",
        "is_quote_tweet": "yes",
    }
    (post,) = read(write("x.csv", table(header, tweet))).rows("posts")
    assert (post["platform"], post["kind"], post["urls"]) == ("twitter", "quote", None)
    assert (post["permalink"], post["hashtags"]) == ("https://twitter.com/ana/status/5", ["harbour"])

    header = "thread_id,id,timestamp,unix_timestamp,subreddit,body,subject,author,author_flair,post_flair,domain,url,parent,score,image_md5"
    link = {
        "thread_id": "a1",
        "id": "a1",
        "unix_timestamp": UNIX,
        "subreddit": "s",
        "subject": "Papers",
        "author": "ana",
    }
    (post,) = read(write("r.csv", table(header, {**link, "url": "https://example.org/papers"})), out="r").rows("posts")
    assert (post["platform"], post["urls"], post["permalink"]) == ("reddit", ["https://example.org/papers"], None)


def test_crowdtangle_instagram_and_groups(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    header = (
        "Account,User Name,Followers at Posting,Post Created,Post Created Date,Post Created Time,Type,Total Interactions,Likes,"
        "Comments,Views,URL,Link,Photo,Title,Description,Image Text,Sponsor Id,Sponsor Name,Overperforming Score"
    )
    url = "https://www.instagram.com/p/B3xyz/"
    row = {"Account": "Harbour", "User Name": "harbour_watch", "Post Created": "2019-10-21 04:50:34 EDT", "URL": url}
    row |= {
        "Link": url,
        "Total Interactions": "1,010",
        "Likes": "1,000",
        "Description": "Papers #Harbour https://example.org/p",
    }
    got = read(write("i.csv", table(header, row)))
    (post,) = got.rows("posts")
    assert (post["platform"], post["account_id"], post["happened_at"]) == ("instagram", "harbour_watch", T)
    assert post["urls"] == ["https://example.org/p"] and got.rows("engagement")[0]["likes"] == 1000

    header = (
        "Group Name,User Name,Facebook Id,Likes at Posting,Followers at Posting,Post Created,Type,Total Interactions,Likes,"
        "Comments,Shares,Love,URL,Message,Link,Final Link,Image Text,Link Text,Description,Sponsor Id"
    )
    row = {
        "Group Name": "Ferry talk",
        "Facebook Id": "44",
        "Post Created": "2019-12-21 03:50:34 EST",
        "Total Interactions": "3",
    }
    row |= {"URL": "https://www.facebook.com/groups/44/permalink/55555555", "Message": "Late again"}
    (post,) = read(write("g.csv", table(header, row)), out="g").rows("posts")
    assert (post["account_id"], post["community"], post["post_id"]) == ("44", "Ferry talk", "55555555")
    assert post["happened_at"] == datetime(2019, 12, 21, 8, 50, 34)


def test_content_library_tells_a_share(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    header = (
        "id,creation_time,modified_time,mcl_url,content_type,text,lang,is_branded_content,hashtags,match_type,post_owner.id,"
        "post_owner.name,post_owner.type,post_owner.username,surface.id,surface.name,surface.type,shared_post_id,"
        "link_attachment.link,link_attachment.name,statistics.comment_count,statistics.like_count,statistics.reaction_count,"
        "statistics.share_count,statistics.views,statistics.views_date_last_refreshed"
    )
    row = {
        "id": "1",
        "creation_time": "2019-10-21T08:50:34+00:00",
        "mcl_url": "https://www.facebook.com/transparency-tools/1",
    }
    row |= {"post_owner.id": "9", "text": "See this", "shared_post_id": "77", "statistics.views": "5"}
    (post,) = read(write("m.csv", table(header, row))).rows("posts")
    assert (post["kind"], post["repost_of"], post["happened_at"]) == ("repost", "77", T)


def test_telegram_account_with_chats_that_were_left(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    def message(n: int, **more: Any) -> dict[str, Any]:
        base = {
            "id": n,
            "type": "message",
            "date": "2019-10-21T10:50:34",
            "date_unixtime": UNIX,
            "from": "Ana",
            "from_id": "user7",
        }
        return {**base, "text": "Papers", "text_entities": [{"type": "plain", "text": "Papers"}], **more}

    entities = [
        {"type": "plain", "text": "See "},
        {"type": "text_link", "text": "here", "href": "https://example.org/papers"},
        {"type": "hashtag", "text": " #Harbour"},
    ]
    service = {
        "id": 2,
        "type": "service",
        "date": "2019-10-21T10:50:34",
        "actor": "Ana",
        "actor_id": "user7",
        "action": "pin_message",
    }
    forward = message(
        3,
        forwarded_from="Otter",
        forwarded_from_id="channel99",
        reactions=[{"type": "emoji", "count": 3, "emoji": "👍"}],
    )
    kept = {
        "name": "C",
        "type": "public_channel",
        "id": 1,
        "messages": [message(1, text_entities=entities), service, forward],
    }
    left = {
        "name": "D",
        "type": "private_supergroup",
        "id": 2,
        "messages": [message(1, text=["Late ", {"type": "bold", "text": "again"}], text_entities=None)],
    }
    told = {"about": "…", "chats": {"about": "…", "list": [kept]}, "left_chats": {"about": "…", "list": [left]}}
    got = read(write("result.json", json.dumps(told, indent=1)))
    posts = {p["post_id"]: p for p in got.rows("posts")}
    assert set(posts) == {"1/1", "1/3", "2/1"} and got.source.rows_rejected == 1
    assert (posts["1/1"]["text"], posts["1/1"]["urls"]) == ("See here #Harbour", ["https://example.org/papers"])
    assert (posts["1/3"]["kind"], posts["1/3"]["repost_of"]) == ("repost", "from:channel99")
    assert posts["2/1"]["text"] == "Late again" and posts["2/1"]["happened_at"] == T


def test_mastodon_outbox(read: Callable[..., Any]) -> None:
    first, second = sorted(read("mastodon-outbox.json").rows("posts"), key=lambda p: p["happened_at"])
    assert (first["text"], first["urls"], first["hashtags"]) == (
        "See this #Harbour",
        ["https://example.org/papers"],
        ["harbour"],
    )
    assert (second["kind"], second["repost_of"]) == ("repost", "https://b.example/users/o/statuses/9")


def test_x_archive_with_all_columns(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    header = (
        "tweetid,userid,user_display_name,user_screen_name,user_reported_location,user_profile_description,user_profile_url,"
        "follower_count,following_count,account_creation_date,account_language,tweet_language,tweet_text,tweet_time,"
        "tweet_client_name,in_reply_to_userid,in_reply_to_tweetid,quoted_tweet_tweetid,is_retweet,retweet_userid,"
        "retweet_tweetid,latitude,longitude,quote_count,reply_count,like_count,retweet_count,hashtags,urls,user_mentions,poll_choices"
    )
    at = (1571647834123 - 1288834974657) << 22
    row = {
        "tweetid": str(at),
        "userid": "hash=",
        "tweet_text": "RT @otter: See",
        "tweet_time": "2019-10-21 08:50",
        "is_retweet": "True",
    }
    row |= {
        "retweet_tweetid": "99",
        "retweet_userid": "7",
        "latitude": "absent",
        "hashtags": "['Harbour', 'papers']",
        "urls": "[]",
    }
    row |= {
        "user_mentions": "['7']",
        "follower_count": "12",
        "account_creation_date": "2013-05-01",
        "like_count": "3.0",
    }
    got = read(write("x.csv", table(header, row)))
    (post,) = got.rows("posts")
    assert (post["kind"], post["repost_of"], post["urls"]) == ("repost", "99", None)
    assert post["hashtags"] == ["harbour", "papers"] and post["happened_at"].microsecond == 123000
    assert got.rows("engagement")[0]["likes"] == 3 and got.rows("accounts")[0]["suspended"] is True


def test_jetstream_without_a_clock_of_the_client_takes_that_of_the_relay(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    def event(kind: str, **more: Any) -> str:
        return json.dumps({"did": "did:plc:ana", "time_us": 1571647834000000, "kind": kind, **more}) + "\n"

    record = {
        "$type": "app.bsky.feed.repost",
        "subject": {"uri": "at://did:plc:otter/app.bsky.feed.post/1", "cid": "c"},
    }
    lines = (
        event(
            "commit",
            commit={
                "rev": "r",
                "operation": "create",
                "collection": "app.bsky.feed.repost",
                "rkey": "k",
                "record": record,
            },
        )
        + event("commit", commit={"rev": "r", "operation": "delete", "collection": "app.bsky.feed.post", "rkey": "k2"})
        + event(
            "commit",
            commit={
                "rev": "r",
                "operation": "create",
                "collection": "app.bsky.feed.like",
                "rkey": "k3",
                "record": {"$type": "app.bsky.feed.like"},
            },
        )
        + event("identity", identity={"did": "did:plc:ana", "handle": "ana.example"})
        + event("account", account={"active": False, "status": "deactivated"})
    )
    got = read(write("j.jsonl", lines))
    (post,) = got.rows("posts")
    assert (post["kind"], post["happened_at"]) == ("repost", T)
    assert (got.source.rows_read, got.source.rows_rejected) == (5, 4)
