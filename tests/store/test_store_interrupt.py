"""Ctrl-C in a statement rolls the transaction back, and is raised as Ctrl-C."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event

from flask_status_cli.store.database.connection import Mode, connect, transaction


def test_ctrl_c_in_a_statement_rolls_back_and_is_raised_as_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "status.db"
    connection = connect(path, Mode.CREATE)
    connection.exec_driver_sql("CREATE TABLE number (n INTEGER)")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def write() -> None:
        with transaction(connection, writing=True):
            connection.exec_driver_sql("INSERT INTO number VALUES (1)")
            event.listen(connection.alchemy.engine, "do_execute", interrupt)
            connection.exec_driver_sql("INSERT INTO number VALUES (2)")

    with pytest.raises(KeyboardInterrupt):
        write()
    connection.close()
    with sqlite3.connect(path) as plain:
        assert plain.execute("SELECT count(*) FROM number").fetchone() == (0,)
    plain.close()
