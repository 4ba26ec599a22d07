"""The QR code of a certificate: error correction M, fixed mask, module pitch 0.508 mm (six dots at 300 dpi)."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

PITCH_MM = 0.508
QUIET_ZONE = 4
MAX_VERSION = 12
#: Trying all eight masks is half the work of a certificate and gains nothing a scanner would notice.
MASK = 2


@dataclass(frozen=True)
class Symbol:
    """A QR code as a picture of one pixel a module, quiet zone included."""

    version: int
    modules: int
    png: bytes

    @property
    def side_mm(self) -> float:
        """Printed side, quiet zone included."""
        return (self.modules + 2 * QUIET_ZONE) * PITCH_MM

    @property
    def data_uri(self) -> str:
        return "data:image/png;base64," + base64.b64encode(self.png).decode()


def symbol(url: str) -> Symbol:
    """The symbol of an address; byte and numeric segments are chosen by the library. Raises ValueError beyond version 12."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=QUIET_ZONE, box_size=1)
    code.add_data(url)
    code.make(fit=True)
    if code.version > MAX_VERSION:
        raise ValueError(f"QR version {code.version} is too dense to print")
    rows = code.get_matrix()
    picture = Image.new("1", (len(rows), len(rows)), 1)
    picture.putdata([0 if dark else 1 for row in rows for dark in row])
    file = io.BytesIO()
    picture.save(file, "PNG")
    return Symbol(code.version, code.modules_count, file.getvalue())
