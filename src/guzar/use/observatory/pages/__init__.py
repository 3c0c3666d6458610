"""One module per kind of page. A module offers `make_pages(published, say)`, which yields its pages."""
