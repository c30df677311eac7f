"""The console: the common picture in a browser, as static files that the API's listener serves."""
