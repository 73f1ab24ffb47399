"""Glass: the same findings in a browser, server-rendered, offline, for one person on this machine."""

from unfog.web.app import create_app
from unfog.web.security import new_token

__all__ = ["create_app", "new_token"]
