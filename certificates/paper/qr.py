"""The QR code of a certificate: error correction M, fixed mask, module pitch 0.508 mm (six dots at 300 dpi)."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

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
    #: Rows of bits, one a module, white is 1; each row fills whole bytes.
    bits: bytes

    @property
    def side_mm(self) -> float:
        """Printed side, quiet zone included."""
        return self.pixels * PITCH_MM

    @property
    def pixels(self) -> int:
        """Modules a side, quiet zone included."""
        return self.modules + 2 * QUIET_ZONE

    @property
    def side_points(self) -> float:
        return self.side_mm * 72 / 25.4

    @property
    def data_uri(self) -> str:
        """The picture for a template, in greys: printers then use black ink alone."""
        from PIL import Image  # noqa: PLC0415  pages import this file; few draw a code

        file = io.BytesIO()
        Image.frombytes("1", (self.pixels, self.pixels), self.bits).convert("L").save(file, "PNG")
        return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def png(drawn: Symbol, dots: int = 6) -> bytes:
    """The symbol as a picture of so many dots a module, 300 to the inch, for files that smooth what they enlarge."""
    from PIL import Image  # noqa: PLC0415  as above

    side, file = drawn.pixels, io.BytesIO()
    small = Image.frombytes("1", (side, side), drawn.bits).convert("L")
    small.resize((side * dots, side * dots), Image.Resampling.NEAREST).save(file, "PNG", dpi=(300, 300))
    return file.getvalue()


def symbol(url: str) -> Symbol:
    """The symbol of an address; byte and numeric segments are chosen by the library. Raises ValueError beyond version 12."""
    import qrcode  # noqa: PLC0415  as above
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=QUIET_ZONE, box_size=1)
    code.add_data(url)
    code.make(fit=True)
    if code.version > MAX_VERSION:
        raise ValueError(f"QR version {code.version} is too dense to print")
    return Symbol(code.version, code.modules_count, b"".join(_bits(row) for row in code.get_matrix()))


def _bits(row: list[bool]) -> bytes:
    """A row of modules as bits from the left, filled up with white."""
    length = -(-len(row) // 8) * 8
    dark = int("".join(["1" if module else "0" for module in row]).ljust(length, "0"), 2)
    return (dark ^ ((1 << length) - 1)).to_bytes(length // 8, "big")
