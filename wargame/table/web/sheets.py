"""Answers that are bytes already: sheets as they lie there, squeezed for browsers that take that."""

from __future__ import annotations

from fastapi import Request, Response

from wargame.table.web.shown import Sheet

JSON = "application/json"


def json(body: bytes) -> Response:
    """JSON that has been written already."""
    return Response(body, media_type=JSON)


def sheet(request: Request, of: Sheet, kind: str = JSON, *, keep: bool = True) -> Response:
    """A sheet as it lies there. ``keep``: the browser may; secrets it may not."""
    headers = {"vary": "accept-encoding"}
    if keep:
        headers |= {"etag": f'"{of.tag}"', "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(of.plain, media_type=kind, headers=headers | {"content-encoding": "identity"})
    return Response(of.squeezed, media_type=kind, headers=headers | {"content-encoding": "gzip"})
