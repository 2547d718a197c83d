"""The way to an S3 server, by s3fs: only to the address that the user has given, wherever an answer points."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aiobotocore.httpsession import AIOHTTPSession

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


REDIRECTS = (301, 302, 303, 307, 308)
PATIENCE = 10.0
"""seconds that a connection may take to close"""


class _Straight:
    """A session that asks where it is told to and nowhere else."""

    def __init__(self, session: Any) -> None:
        self.session = session

    async def request(self, *given: Any, **options: Any) -> Any:
        """Ask, and give the answer. Raises OSError for one that points elsewhere.

        Amazon's own, which names the region of a bucket, is left to botocore: that asks Amazon again, or the endpoint
        that the user has named.
        """
        answer = await self.session.request(*given, **options, allow_redirects=False)
        if answer.status in REDIRECTS and "x-amz-bucket-region" not in answer.headers:
            answer.release()
            raise OSError("the server points to another, which nobody has named")
        return answer


class StraightSession(AIOHTTPSession):  # type: ignore[misc]
    """As aiobotocore's own, which would follow an HTTP redirect to any server with a page in its hands."""

    async def _get_session(self, proxy_url: str | None) -> Any:
        return _Straight(await super()._get_session(proxy_url))


@contextlib.contextmanager
def opened() -> Iterator[AbstractFileSystem]:
    """The file system, with the credentials and the endpoint that the environment and ``~/.aws`` name.

    Nothing is remembered of what lies there, no other object of the process shares its connections, and they are
    closed at the end: s3fs gives itself a tenth of a second for that, and leaves them open when it is not enough.
    """
    import s3fs
    from fsspec.asyn import sync

    sessions: list[StraightSession] = []

    class Counted(StraightSession):
        """One that is known, to be closed."""

        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            sessions.append(self)

    files = s3fs.S3FileSystem(
        config_kwargs={"http_session_cls": Counted}, use_listings_cache=False, skip_instance_cache=True, anon=False
    )
    try:
        yield files
    finally:
        for session in sessions:
            sync(files.loop, session.close, timeout=PATIENCE)
