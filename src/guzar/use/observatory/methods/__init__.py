"""One module per method. A module has `TITLE`, `FINDING`, `STANDFIRST` and `explain(published, say)`, its sections."""
