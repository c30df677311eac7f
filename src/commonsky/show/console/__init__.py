"""The console: the common picture in a browser, as static files that a node serves."""
