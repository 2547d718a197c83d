"""The way to an S3 server, by s3fs: only to the address that the user has given, wherever an answer points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiobotocore.httpsession import AIOHTTPSession

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class _Straight:
    """A session that asks where it is told to and nowhere else."""

    def __init__(self, session: Any) -> None:
        self.session = session

    async def request(self, *given: Any, **options: Any) -> Any:
        """Ask, and give the answer as it is, also one that points elsewhere."""
        return await self.session.request(*given, **options, allow_redirects=False)


class StraightSession(AIOHTTPSession):  # type: ignore[misc]
    """As aiobotocore's own, which would follow an HTTP redirect to any server with a page in its hands."""

    async def _get_session(self, proxy_url: str | None) -> Any:
        return _Straight(await super()._get_session(proxy_url))


def opened() -> AbstractFileSystem:
    """The file system, with the credentials and the endpoint that the environment and ``~/.aws`` name.

    Nothing is remembered of what lies there, and no other object of the process shares its connections.
    """
    import s3fs

    return s3fs.S3FileSystem(
        config_kwargs={"http_session_cls": StraightSession},
        use_listings_cache=False,
        skip_instance_cache=True,
        anon=False,
    )
