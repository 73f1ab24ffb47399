"""``unfog serve``: the case in a browser, on this machine only."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from unfog.case.config import CASE_FILE
from unfog.case.why import as_of_folders
from unfog.cli.app import app, emit, err
from unfog.errors import CaseError, SourceMissing
from unfog.web import create_app, new_token


@app.command()
def serve(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Case folder, or a folder that `unfog run` wrote to")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder of results; default CASE/out")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder for files that do not lie beside the case")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one")] = 8765,
    as_json: Annotated[bool, typer.Option("--json", help="Print the address as a JSON document")] = False,
) -> None:
    """Show a case in the browser: 127.0.0.1 only, with a token in the address.

    Example: `unfog serve cases/uk-trade-leaks-2019`
    """
    if not case.is_dir():
        raise SourceMissing(f"{case} is not a folder; give a case folder, or a folder that `unfog run` wrote to")
    folder = case if (case / CASE_FILE).is_file() else None
    results = out or (case / "out" if folder is not None else case)
    if not as_of_folders(results):
        raise CaseError(f"nothing has been run into {results} yet; run `unfog run {case}` first")
    token = new_token()
    config = uvicorn.Config(
        create_app(results, token=token, case=folder, data=data), host="127.0.0.1", port=port, log_level="warning",
        access_log=False, server_header=False, proxy_headers=False, limit_concurrency=64, timeout_graceful_shutdown=2,
    )  # fmt: skip
    try:
        socket = config.bind_socket()
    except SystemExit:
        raise CaseError(
            f"port {port} is taken on this machine; give another with --port, or 0 for a free one"
        ) from None
    with socket:
        address = f"http://127.0.0.1:{socket.getsockname()[1]}/?token={token}"
        emit({"address": address}, as_json=as_json, text=address)
        sys.stdout.flush()  # whoever reads it through a pipe waits for it
        err.print("Only this machine can reach it. Stop with Ctrl-C.", markup=False)
        uvicorn.Server(config).run(sockets=[socket])
