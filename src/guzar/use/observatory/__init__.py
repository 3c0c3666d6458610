"""The observatory: pages, drawings and tables made from published figures."""
