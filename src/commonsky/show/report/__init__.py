"""One self-contained HTML page about one screening run: `report_html` and `write_report`."""

from commonsky.show.report.html import report_html, write_report

__all__ = ["report_html", "write_report"]
