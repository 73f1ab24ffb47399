"""Hosts on which anybody may publish: sharing one says nothing, sharing one *address* on it may."""

from __future__ import annotations

from typing import Final

from unfog.text.urls import FILE_HOSTS, SHORTENERS, domain_of

_PLATFORMS = (
    "facebook.com fb.com instagram.com twitter.com x.com youtube.com tiktok.com reddit.com medium.com tumblr.com "
    "pinterest.com linkedin.com vk.com ok.ru t.me telegram.me telegram.org whatsapp.com wordpress.com blogspot.com "
    "livejournal.com blogger.com quora.com vimeo.com dailymotion.com rumble.com bitchute.com odysee.com gab.com "
    "gettr.com truthsocial.com parler.com discord.com discord.gg weibo.com douyin.com bilibili.com line.me flickr.com "
    "soundcloud.com spotify.com apple.com google.com microsoft.com amazon.com amazonaws.com github.com github.io "
    "wikipedia.org change.org gofundme.com patreon.com paypal.com eventbrite.com meetup.com goodreads.com "
    "tripadvisor.com "
    "upwork.com fiverr.com guru.com substack.com ghost.io wix.com weebly.com squarespace.com netlify.app vercel.app "
    "cloudflare.com bbc.com bbc.co.uk cnn.com nytimes.com theguardian.com reuters.com washingtonpost.com yahoo.com "
    "gmail.com outlook.com hotmail.com proton.me protonmail.com mail.ru yandex.ru rambler.ru buzzsprout.com linktr.ee "
    "privacyprotect.org domainsbyproxy.com whoisguard.com withheldforprivacy.com contactprivacy.com titan.email "
    "zoho.com "
    "tutanota.com cracked.io nulled.to breachforums.st raidforums.com "
    "4chan.org pastebin.com archive.org archive.is archive.ph threads.net bsky.app mastodon.social buzzfeed.com"
)
SHARED_HOSTS: Final = frozenset(_PLATFORMS.split()) | FILE_HOSTS | SHORTENERS
"""Platforms, mail, registration and file services, shorteners and a few newsrooms."""


def is_shared(host: str) -> bool:
    """Whether a host belongs to everybody: a platform, or a name under a suffix where anybody may register.

    >>> is_shared("twitter.com"), is_shared("someone.blogspot.com"), is_shared("pravda-fr.com")
    (True, False, False)
    """
    return host in SHARED_HOSTS or not domain_of(host, private=True)
