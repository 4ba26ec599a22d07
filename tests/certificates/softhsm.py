"""A hardware module in software for tests: a SoftHSM token in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from certificates.keys import hsm
from lms import config

LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so")
PIN = "4711-token"


@contextmanager
def token(folder: Path, label: str = "kimbang") -> Iterator[str]:
    """A fresh token that the settings name while the block runs; yields the library. Fails when SoftHSM is missing."""
    util = shutil.which("softhsm2-util")
    library = next((path for path in LIBRARIES if Path(path).exists()), None)
    assert util and library, (
        "SoftHSM is missing: apt-get install softhsm2 (make test does it when run as root)"
    )
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(conf)
    subprocess.run(
        [util, "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "so-" + PIN],
        check=True,
        capture_output=True,
    )
    before = config.settings()
    config.use(replace(before, pkcs11_module=library, pkcs11_token=label, pkcs11_pin=PIN))
    try:
        yield library
    finally:
        hsm._session.cache_clear()
        config.use(before)
        del os.environ["SOFTHSM2_CONF"]
