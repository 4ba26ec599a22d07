"""The paper: QR code, border and PDF."""
