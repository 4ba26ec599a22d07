"""The yardstick of the verify page: bare Flask, one indexed SELECT, one line of HTML."""

import os
import sqlite3

from flask import Flask

app = Flask(__name__)
connection = sqlite3.connect(os.environ["BENCH_SQLITE"], check_same_thread=False)


@app.get("/c/<id16>")
def certificate(id16):
    row = connection.execute(
        "select id16, name from certificates_certificate where id16 = ?", (id16,)
    ).fetchone()
    return f"<!doctype html><title>{row[0]}</title><p>{row[1]}</p>"
