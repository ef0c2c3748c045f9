"""The price service over HTTP: thin over `rebates.engine`. `app.create_app` makes it, `server.serve` runs it."""
