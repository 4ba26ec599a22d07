"""Copy what pages and PDFs need out of node_modules: `python3 -m tools.vendor`. Standard library only.

Nothing third-party is committed: the packages are pinned in package-lock.json and the copies are git-ignored.
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

from tools.steps import ROOT, Stop

PACKAGES = ROOT / "node_modules"
STATIC = ROOT / "lms/web/static/vendor"
FONTS = ROOT / "lms/fonts"
ICONS = ROOT / "tools/icons.txt"
STAMP = STATIC / "made-from.txt"

#: package file → name under vendor/
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "bootstrap/dist/css/bootstrap-reboot.min.css": "reboot.min.css",
    # Reads codes in camera pictures; its two modules keep their places to each other.
    "zxing-wasm/dist/es/share.js": "zxing/share.js",
    "zxing-wasm/dist/es/reader/index.js": "zxing/reader/index.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing/zxing_reader.wasm",
    # The same for pages of one file, which cannot import.
    "zxing-wasm/dist/iife/reader/index.js": "zxing/global.js",
    # Pages of PDFs on the reader's own device, and the two packings that scanners use.
    "pdfjs-dist/legacy/build/pdf.min.mjs": "pdfjs/pdf.js",
    "pdfjs-dist/legacy/build/pdf.worker.min.mjs": "pdfjs/pdf.worker.js",
    "pdfjs-dist/wasm/jbig2.wasm": "pdfjs/jbig2.wasm",
    "pdfjs-dist/wasm/openjpeg.wasm": "pdfjs/openjpeg.wasm",
}
#: The same for modules whose long comments are left out, because phones load them.
#: They import each other by bare file name, so they stay together in one folder.
MODULES = {
    "@noble/ed25519/index.js": "noble/ed25519.js",
    "@noble/hashes/sha2.js": "noble/sha2.js",
    "@noble/hashes/_md.js": "noble/_md.js",
    "@noble/hashes/_u64.js": "noble/_u64.js",
    "@noble/hashes/utils.js": "noble/utils.js",
    # Reads codes where there is no WebAssembly.
    "jsqr/dist/jsQR.js": "jsqr/jsQR.js",
}
LICENCES = {
    "htmx.org/LICENSE": "LICENSE.htmx.txt",
    "bootstrap/LICENSE": "LICENSE.bootstrap.txt",
    "lucide-static/LICENSE": "LICENSE.lucide.txt",
    "@noble/ed25519/LICENSE": "noble/LICENSE.txt",
    "zxing-wasm/LICENSE": "zxing/LICENSE.txt",
    "jsqr/LICENSE": "jsqr/LICENSE.txt",
    "pdfjs-dist/LICENSE": "pdfjs/LICENSE.txt",
    "pdfjs-dist/wasm/LICENSE_JBIG2": "pdfjs/LICENSE.jbig2.txt",
    "pdfjs-dist/wasm/LICENSE_OPENJPEG": "pdfjs/LICENSE.openjpeg.txt",
}
#: folder of a face in its package → style in our file name
FACES = {
    "400Regular": "Regular",
    "700Bold": "Bold",
    "400Regular_Italic": "Italic",
    "700Bold_Italic": "BoldItalic",
}
FAMILIES = {"tinos": "Tinos", "be-vietnam-pro": "BeVietnamPro"}


def made_from() -> str:
    parts = (ROOT / "package-lock.json", ICONS, Path(__file__))
    return hashlib.sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()


def fresh() -> bool:
    """Whether the copies are those of the present lock file and icon list."""
    try:
        return STAMP.read_text() == made_from() and all(path.exists() for path in font_files().values())
    except OSError:
        return False


def copy_all() -> None:
    """Make every copy anew. Raises Stop when a package or an icon is not there."""
    shutil.rmtree(STATIC, ignore_errors=True)
    for source, target in (FILES | LICENCES).items():
        (STATIC / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package_file(source), STATIC / target)
        drop_source_map(STATIC / target)
    for source, target in MODULES.items():
        (STATIC / target).parent.mkdir(parents=True, exist_ok=True)
        (STATIC / target).write_text(without_comments(package_file(source).read_text()))
    for source, copy in font_files().items():
        shutil.copyfile(source, copy)
    (STATIC / "icons.svg").write_text(sprite(icon_names()))


def stamp() -> None:
    """Remember what the copies were made from."""
    STAMP.write_text(made_from())


def package_file(name: str) -> Path:
    path = PACKAGES / name
    if not path.exists():
        raise Stop(f"node_modules/{name} is not there: run `make setup`.")
    return path


def font_files() -> dict[Path, Path]:
    return {
        package_file(f"@expo-google-fonts/{package}/{folder}/{family}_{folder}.ttf"): FONTS
        / f"{family}-{style}.ttf"
        for package, family in FAMILIES.items()
        for folder, style in FACES.items()
    }


def drop_source_map(path: Path) -> None:
    """The maps are not copied; a browser's console would ask for them."""
    if path.suffix in {".js", ".css"}:
        path.write_text(re.sub(r"\n?(//|/\*)# sourceMappingURL=\S+( \*/)?\s*$", "\n", path.read_text()))


def without_comments(script: str) -> str:
    """Leave out whole-line comments and blank lines; code lines stay as they are, the licence line is kept."""
    bare = re.sub(r"(?m)^[ \t]*/\*(?!!)(?:(?!\*/)(?:.|\n))*\*/[ \t]*\n", "", script)
    lines = (line for line in bare.splitlines() if line.strip() and not line.lstrip().startswith("//"))
    return "".join(f"{line}\n" for line in lines)


# ---------------------------------------------------------------- icons


def icon_names() -> list[str]:
    lines = (line.split("#")[0].strip() for line in ICONS.read_text().splitlines())
    return sorted({line for line in lines if line})


def sprite(names: list[str]) -> str:
    """One SVG with a <symbol> per icon; pages draw one with <use href="…/icons.svg#name">."""
    symbols = "\n".join(symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def symbol(name: str) -> str:
    source = package_file(f"lucide-static/icons/{name}.svg").read_text()
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    assert shapes, name
    inside = re.sub(r"\s+", " ", shapes[1]).replace("> <", "><").strip()
    drawn = (
        'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<symbol id="{name}" viewBox="0 0 24 24" {drawn}>{inside}</symbol>'


if __name__ == "__main__":
    try:
        copy_all()
        stamp()
    except Stop as problem:
        sys.exit(str(problem))
